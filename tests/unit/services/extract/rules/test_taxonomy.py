"""The codes that go with each category: which schemes' they are, and mistakes in them."""

import shutil
from pathlib import Path

import pytest
import yaml

from services.extract.rules.lexicon import FILES, FOLDER, load_lexicon
from services.extract.rules.taxonomy import PLOVER_CLASSES
from services.extract.tagger import Tagger
from shared.errors import LexiconError

_CODES = "    plover: [COOPERATE]\n    iptc: ['medtop:20000599', 'medtop:20001145']\n"


def test_every_category_has_codes_and_only_statements_have_no_plover_class() -> None:
    codes = load_lexicon().codes
    assert {name for name, one in codes.items() if not one.plover} == {"confirmation_denial"}
    assert all(one.iptc for one in codes.values())
    assert {code.partition("-")[0] for one in codes.values() for code in one.plover} <= set(PLOVER_CLASSES)


def test_the_media_topics_are_those_that_the_taxonomy_names_in_words() -> None:
    codes = load_lexicon().codes
    written = yaml.safe_load((FOLDER / "taxonomy.yaml").read_text(encoding="utf-8"))["categories"]
    named = {one["id"]: tuple(f"medtop:{words[:8]}" for words in one["iptc_medtop"]) for one in written}
    assert named == {name: one.iptc for name, one in codes.items()}


def test_a_story_has_the_codes_of_its_categories_in_their_order(tagger: Tagger) -> None:
    tags = tagger.tag(
        title="Satellite images show Russian ships taking North Korean ammunition from Rajin",
        text="The White House condemned the arms shipments and warned Pyongyang.",
    )
    assert len(tags.categories) > 1
    assert tuple(one.category for one in tags.codes) == tags.categories
    assert tags.codes == tuple(tagger.lexicon.codes[category] for category in tags.categories)


def test_an_irrelevant_story_has_no_codes(tagger: Tagger) -> None:
    assert tagger.tag(title="Rain is expected over the weekend", text="").codes == ()


@pytest.mark.parametrize(
    ("mistake", "line", "told"),
    [
        (_CODES.replace("COOPERATE", "COOPERAT"), 1, "unknown PLOVER class 'COOPERAT'; did you mean 'COOPE"),
        (_CODES.replace("COOPERATE", "cooperate"), 1, "unknown PLOVER class 'cooperate'"),
        (_CODES.replace("COOPERATE", "COOPERATE-"), 1, "'COOPERATE-' has no mode"),
        (_CODES.replace("20001145", "2000114"), 2, "'medtop:2000114' is no Media Topic; expected 8 digits"),
        (_CODES.replace("medtop:20001145", "20001145"), 2, "'20001145' is no Media Topic"),
        (_CODES + "    acled: [Battles]\n", 3, "unknown field 'acled'"),
        ("    plover: [COOPERATE]\n", 1, "'iptc' is missing"),
    ],
)
def test_a_mistake_in_the_codes_is_told_with_file_and_line(
    tmp_path: Path, mistake: str, line: int, told: str
) -> None:
    _copy(tmp_path)
    taxonomy = tmp_path / "taxonomy.yaml"
    content = taxonomy.read_text(encoding="utf-8")
    before, found, after = content.partition(_CODES)
    assert found
    taxonomy.write_text(before + mistake + after, encoding="utf-8")
    with pytest.raises(LexiconError) as raised:
        load_lexicon(tmp_path)
    assert raised.value.detail.startswith(f"{taxonomy}:{before.count(chr(10)) + line}: {told}")
    assert "\n" not in raised.value.detail


def test_a_category_without_codes_is_told_with_its_line(tmp_path: Path) -> None:
    _copy(tmp_path)
    taxonomy = tmp_path / "taxonomy.yaml"
    content = taxonomy.read_text(encoding="utf-8")
    taxonomy.write_text(content.replace(f"  codes:\n{_CODES}", ""), encoding="utf-8")
    line = content[: content.index("- id: training")].count("\n") + 1
    with pytest.raises(LexiconError, match=rf"taxonomy\.yaml:{line}: 'codes' is missing$"):
        load_lexicon(tmp_path)


def _copy(folder: Path) -> None:
    for name in FILES:
        shutil.copyfile(FOLDER / name, folder / name)
