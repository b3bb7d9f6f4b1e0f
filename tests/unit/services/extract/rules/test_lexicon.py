"""The shipped lexicon, and mistakes in one that an analyst changed."""

import shutil
from pathlib import Path

import pytest

from services.extract.rules.lexicon import FILES, FOLDER, load_lexicon
from shared.errors import LexiconError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copyfile(FOLDER / name, tmp_path / name)
    return tmp_path


def test_the_shipped_lexicon_names_every_weight_after_a_feature_of_the_rules() -> None:
    lexicon = load_lexicon()
    names = {f"{feature.name}.{zone}" for feature in lexicon.features for zone in feature.zones}
    assert set(lexicon.model.weights) == names


def test_a_changed_word_changes_the_version(folder: Path) -> None:
    before = load_lexicon(folder).version
    cues = folder / "cues.yaml"
    cues.write_text(cues.read_text(encoding="utf-8").replace("troop*", "troops"), encoding="utf-8")
    assert load_lexicon(folder).version != before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("cues.yaml", "version: 1\ncues:\n  troops: soldier\n", r"cues\.yaml:3: a mapping is expected"),
        (
            "cues.yaml",
            "version: 1\ncues:\n  troops:\n    en: []\n  troops:\n    en: []\n",
            r"cues\.yaml:5: .*twice",
        ),
        ("cues.yaml", "version: 1\ncues: [unclosed\n", r"cues\.yaml:\d+: "),
        ("cues.yaml", "", r"cues\.yaml:1: the file is empty"),
        ("sides.yaml", "version: 1\nsides: {}\nguards: {}\n", r"sides\.yaml:1: 'abbreviations' is missing"),
        (
            "rules.yaml",
            "version: 1\nfeatures:\n  one: {when: KP & tropps, zones: [title]}\n",
            r"rules\.yaml:3: unknown label 'tropps'",
        ),
        (
            "rules.yaml",
            "version: 1\nfeatures:\n  one:\n    when: KP\n    zones: [titel]\n",
            r"rules\.yaml:5: unknown zone 'titel'",
        ),
        (
            "weights.yaml",
            "version: 1\nbias: much\nthreshold: 0.5\ncore: 0.9\npassing: 0.2\nweights: {}\n",
            r"weights\.yaml:2: a number is expected",
        ),
        (
            "gazetteer.yaml",
            "version: 1\nentries:\n- id: A\n  type: person\n  name: A\n  aliases: {}\n  colour: red\n",
            r"gazetteer\.yaml:7: unknown field 'colour'",
        ),
    ],
)
def test_a_mistake_in_the_lexicon_is_reported_with_file_and_line(
    folder: Path, name: str, content: str, message: str
) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        load_lexicon(folder)


def test_a_missing_file_is_a_mistake_in_the_lexicon(folder: Path) -> None:
    (folder / "cues.yaml").unlink()
    with pytest.raises(LexiconError, match=r"cues\.yaml"):
        load_lexicon(folder)
