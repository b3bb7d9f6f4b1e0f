"""The categories of relevant stories: which are given, in what order, and by what words."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extract.rules.category_rules import CATEGORY_FILES, load_category_rules
from services.extract.rules.lexicon import FOLDER, load_lexicon
from services.extract.tagger import Tagger
from shared.errors import LexiconError
from shared.model.tag import Tags

_PIECES = (
    "North Korean troops were sent to Kursk to fight for Russia. ",
    "Russia paid Pyongyang in oil, officials said. ",
    "Related: North Korean soldiers captured in Kursk\n",
    "Kim Jong Un met Putin in Vladivostok. ",
    "Северокорейские снаряды нашли под Харьковом. ",
    "북한군 포로가 생포됐다. ",
    "<p>Containers of ammunition</p> left Rajin for Russia. ",
)


def _categories(tags: Tags) -> dict[str, list[str]]:
    """The words that speak for each category."""
    return {
        category: [one.text for one in tags.evidence if one.rule == f"category.{category}"]
        for category in tags.categories
    }


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("Pyongyang ships another million artillery shells to Russia", "arms_transfer"),
        ("Ukraine says it took a North Korean soldier prisoner in Kursk", "prisoners_of_war"),
        ("Lavrov lands in Pyongyang for talks with Kim Jong Un on the war", "visits_diplomacy"),
        ("Szojgu z wizytą w Korei Północnej, spotkał się z Kim Dzong Unem", "visits_diplomacy"),
        ("Корея отправила в Россию ещё тысячу солдат КНДР", "troop_deployment"),
        ("Росія відправила північнокорейських солдатів на Курщину", "troop_deployment"),
        ("북한, 러시아에 포탄 100만 발 추가 공급", "arms_transfer"),
        ("Nordkorea skickar fler soldater till Ryssland", "troop_deployment"),
    ],
)
def test_the_first_category_is_what_the_headline_is_about(tagger: Tagger, title: str, first: str) -> None:
    assert tagger.tag(title=title, text="").categories[:1] == (first,)


def test_one_story_can_tell_of_several_kinds_and_shows_the_words_of_each(tagger: Tagger) -> None:
    tags = tagger.tag(
        title="Satellite images show Russian ships taking North Korean ammunition from Rajin",
        text="The White House condemned the arms shipments and warned Pyongyang.",
    )
    words = _categories(tags)
    assert {"arms_transfer", "logistics_transport", "evidence_verification"} <= words.keys()
    assert any(one.startswith("Satellite image") for one in words["evidence_verification"])
    assert "Rajin" in words["logistics_transport"]


def test_words_of_a_related_link_give_no_category(tagger: Tagger) -> None:
    text = (
        "Moscow said nothing about it.\nRelated:\n- North Korean soldiers taken prisoner in Kursk surrender\n"
    )
    tags = tagger.tag(title="North Korea sends artillery shells to Russia", text=text)
    assert tags.relevant
    assert "prisoners_of_war" not in tags.categories


def test_a_tour_of_a_jet_plant_is_a_visit_and_no_arms_transfer(tagger: Tagger) -> None:
    tags = tagger.tag(title="Kim Jong Un tours Russian fighter jet plant with Shoigu", text="")
    assert tags.categories[0] == "visits_diplomacy"
    assert "arms_transfer" not in tags.categories


@given(
    title=st.sampled_from(("North Korean troops in Kursk", "北, 러에 무기", "Kim and Putin", "")),
    pieces=st.lists(st.sampled_from(_PIECES), max_size=8),
)
def test_every_category_of_a_story_has_words_that_stand_in_its_own_text(
    tagger: Tagger, title: str, pieces: list[str]
) -> None:
    text = "It rained. " + "".join(pieces)
    tags = tagger.tag(title=title, text=text)
    assert len(set(tags.categories)) == len(tags.categories)
    for category in tags.categories:
        spans = [one for one in tags.evidence if one.rule == f"category.{category}"]
        assert spans
        for span in spans:
            assert span.section in {"title", "dek", "body", "subheading"}
            assert span.text != "captured"  # stands in a related link only
            assert (title if span.section == "title" else text)[span.start : span.end] == span.text


def test_each_of_the_nineteen_categories_of_the_taxonomy_has_its_rules_and_weights() -> None:
    lexicon = load_lexicon()
    rules = load_category_rules(lexicon)
    assert len(lexicon.codes) == 19
    assert {rule.id for rule in rules.categories} == lexicon.codes.keys()
    assert rules.fits.keys() == {rule.id for rule in rules.categories}


@pytest.mark.parametrize(
    ("file", "written", "mistake", "told"),
    [
        (
            "category_features.yaml",
            "satellite: satellite",
            "satellite: sattelite",
            "unknown label 'sattelite'",
        ),
        (
            "category_features.yaml",
            "satellite: satellite",
            "satellite: satellite & !satellite",
            "'satellite & !satellite' never holds",
        ),
        ("category_features.yaml", "{for: [captive]}", "{for: [captives]}", "unknown feature 'captives'"),
        (
            "category_features.yaml",
            "  prisoners_of_war:",
            "  troops:",
            r"features\.yaml:\d+: the taxonomy has no category 'troops'",
        ),
        ("category_weights.yaml", "captive.head:", "capture.head:", "unknown feature 'capture.head'"),
        ("category_cues.yaml", "  captive:", "  troops:", "'troops' is the name of another label"),
    ],
)
def test_a_mistake_in_the_files_is_told_with_its_file(
    tmp_path: Path, file: str, written: str, mistake: str, told: str
) -> None:
    for name in CATEGORY_FILES:
        shutil.copy(FOLDER / name, tmp_path / name)
    content = (tmp_path / file).read_text(encoding="utf-8")
    assert written in content
    (tmp_path / file).write_text(content.replace(written, mistake, 1), encoding="utf-8")
    with pytest.raises(LexiconError, match=told) as raised:
        load_category_rules(load_lexicon(), tmp_path)
    assert file in str(raised.value)
