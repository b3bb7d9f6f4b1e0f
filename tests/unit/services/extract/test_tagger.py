"""What is relevant and what is not, in every language, with exact spans for any text."""

from dataclasses import asdict
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.extract.rules.lexicon import FOLDER
from services.extract.tagger import Tagger
from shared.model.tag import Evidence, Tags

_FRAGMENTS = st.sampled_from(
    [
        "North Korea sent troops to Russia. ",
        "북한군 1500명이 러시아에 ",
        "КНДР передала России снаряды. ",
        "Кім Чен Ин і путін\n",
        "Related:\n- North Korean troops in Kursk\n",
        "<p>Kim &amp; Putin</p>",
        "N.\u00a0Korea",
        "Ru\u00adssia",
        "коре\u0438\u0306ские",
        "\u1112\u1161\u11ab\u1100\u116e\u11a8",
        "\ud800",
        "\u202eaissuR",
        "🇰🇵🤝🇷🇺 ",
        "İSTANBUL ",
        "５０００人",
    ]
)
_TEXTS = st.one_of(
    st.text(max_size=300), st.lists(st.one_of(_FRAGMENTS, st.text(max_size=12)), max_size=14).map("".join)
)


def _spans(tags: Tags) -> list[Evidence]:
    return [*tags.evidence, *(mention for entity in tags.entities for mention in entity.mentions)]


@given(title=_TEXTS, text=_TEXTS)
@example(title="\u0130" * 40, text="K\u0327im\u200b Jong Un & Russia")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_a_score_and_exact_spans_and_the_same_verdict_twice(
    tagger: Tagger, title: str, text: str
) -> None:
    tags = tagger.tag(title=title, text=text)
    assert 0 <= tags.score <= 1
    for span in _spans(tags):
        source = title if span.section == "title" else text
        assert source[span.start : span.end] == span.text
        assert span.text
    assert tagger.tag(title=title, text=text) == tags


@given(title=_TEXTS, text=_TEXTS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_verdict_in_short_is_the_one_that_is_explained_in_full(
    tagger: Tagger, title: str, text: str
) -> None:
    tags = tagger.tag(title=title, text=text)
    told = tagger.judge(tagger.read(title=title, text=text))
    assert (tags.score, tags.tier, tags.relevant) == (told.score, told.tier, told.relevant)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("North Korea sends 3,000 more soldiers to fight for Russia in Ukraine", ""),
        ("Pentagon cannot confirm that North Korean troops are in Kursk", ""),
        ('국정원 "북한군 러시아 쿠르스크 추가 파병"', ""),
        ("北, 러에 포탄 수백만 발 공급", ""),
        ("Военные КНДР прибыли в Курскую область", "Об этом сообщила разведка Украины."),
        ("КНДР відправила солдатів воювати проти України", ""),
        ("Korea Północna dostarczyła Rosji amunicję", ""),
    ],
)
def test_military_cooperation_is_relevant_in_every_language(tagger: Tagger, title: str, text: str) -> None:
    tags = tagger.tag(title=title, text=text)
    assert tags.relevant
    assert tags.categories
    assert tags.evidence


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("North Korea fires ballistic missile into the sea", "Seoul's military said it flew 600 km."),
        ("Russian troops take two villages near Pokrovsk", "Ukraine's army denied it."),
        ("South Korea signs tank contract with Poland", "Warsaw cited the threat from Russia."),
        ("Russian tourists return to North Korean beach resort", "The group came from Vladivostok."),
        ("Senator lists China, Russia, Iran and North Korea as adversaries", ""),
        ("북한산 단풍 절정", "등산객이 몰렸다."),
        ("", ""),
    ],
)
def test_what_is_not_about_the_pact_is_not_relevant(tagger: Tagger, title: str, text: str) -> None:
    tags = tagger.tag(title=title, text=text)
    assert not tags.relevant
    assert tags.categories == ()
    assert tags.evidence == ()


def test_a_related_link_alone_makes_no_story_relevant(tagger: Tagger) -> None:
    text = (
        "Wheat fell two percent in Paris after good rain.\nRelated:\n"
        "- North Korean troops join Russia's assault in Kursk\n"
        "- Zelensky warns of North Korean soldiers in Russia\n"
    )
    tags = tagger.tag(title="Wheat prices slip", text=text)
    assert not tags.relevant
    assert "LOC-KP" not in {entity.id for entity in tags.entities}


def test_direction_tells_what_russia_gives_from_what_it_gets(tagger: Tagger) -> None:
    received = tagger.tag(
        title="Russia supplied Pantsir air defence systems to North Korea, Seoul says", text=""
    )
    sent = tagger.tag(title="North Korea supplied artillery shells to Russia, Seoul says", text="")
    assert "russia_to_dprk_materiel" in received.categories
    assert "arms_transfer" not in received.categories
    assert "arms_transfer" in sent.categories
    assert "russia_to_dprk_materiel" not in sent.categories


def test_words_are_found_where_they_stand_although_folding_changed_their_length(tagger: Tagger) -> None:
    title = "Pyong\u00adyang sends troops to Ru\u200bssia"
    tags = tagger.tag(title=title, text="")
    assert tags.relevant
    texts = {mention.text for entity in tags.entities for mention in entity.mentions}
    assert {"Pyong\u00adyang", "Ru\u200bssia"} <= texts


def test_a_million_characters_take_no_longer_than_the_part_that_is_read(tagger: Tagger) -> None:
    sentence = "North Korean troops fight for Russia near Kursk, Kyiv said <b. "
    huge = sentence * (1_000_000 // len(sentence))
    tags = tagger.tag(title="A long day", text=huge)
    assert tags.relevant
    assert max(span.end for span in _spans(tags)) <= 60_000


def test_a_tagger_loaded_twice_says_the_same_under_the_same_version(tagger: Tagger) -> None:
    title = "Kim Jong Un thanks troops who fought in Kursk"
    again = Tagger.load()
    assert again.version == tagger.version
    assert asdict(again.tag(title=title, text="")) == asdict(tagger.tag(title=title, text=""))


def test_a_changed_weight_of_a_category_changes_the_version_and_a_mere_copy_of_the_rules_does_not(
    tmp_path: Path, tagger: Tagger
) -> None:
    rules = tmp_path / "rules"
    copytree(FOLDER, rules)
    assert Tagger.load(rules).version == tagger.version
    weights = rules / "category_weights.yaml"
    content = weights.read_text(encoding="utf-8")
    weights.write_text(content.replace("bias: -", "bias: -9", 1), encoding="utf-8")
    assert Tagger.load(rules).version != tagger.version
