"""An analyst who edits the rules is told every mistake at once: where, what, and what was expected."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extract.rules.lexicon import FILES, FOLDER, load_lexicon
from services.extract.rules.mistakes import MOST_TOLD, Mistakes
from services.extract.rules.nodes import read_node
from services.extract.rules.terms import read_cues
from shared.errors import LexiconError

CUES = "version: 1\ncues:\n"
WEIGHTS = "version: 1\nbias: -1\nthreshold: 0.5\ncore: 0.9\npassing: 0.2\nweights: {}\n"
Folder = Callable[[str, str], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The shipped rules with one file's content put in the place of the shipped one."""
    for name in FILES:
        shutil.copyfile(FOLDER / name, tmp_path / name)

    def edited(name: str, content: str) -> Path:
        (tmp_path / name).write_text(content, encoding="utf-8")
        return tmp_path

    return edited


def mistakes(folder: Path, file: str) -> list[str]:
    """The lines about that file, without the folder."""
    with pytest.raises(LexiconError) as caught:
        load_lexicon(folder)
    lines = [line.removeprefix(f"{folder}/") for line in caught.value.detail.splitlines()]
    return [line for line in lines if line.startswith(file)]


def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_its_lines(folder: Folder) -> None:
    content = CUES + (
        "  troops:\n"
        "    en: [soldier*, '', 'sol*dier', 'two  spaces', '*']\n"
        "    xx: [word]\n"
        "  arms: none\n"
        "  troops:\n"
        "    en: [again]\n"
    )
    assert mistakes(folder("cues.yaml", content), "cues.yaml") == [
        "cues.yaml:4: empty text",
        "cues.yaml:4: 'sol*dier' has a star inside a word; expected it at the end of one, as in `stem*`",
        "cues.yaml:4: 'two  spaces' has an empty word; expected `word`, `stem*`, `stem* word` or `=EXACT`",
        "cues.yaml:4: '*' has an empty word; expected `word`, `stem*`, `stem* word` or `=EXACT`",
        "cues.yaml:5: unknown language 'xx'; expected one of: de, en, es, fr, it, ja, ko, pl, ru, sv, uk, zh",
        "cues.yaml:6: a mapping is expected here",
        "cues.yaml:7: 'troops' stands twice",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "weights.yaml",
            WEIGHTS.replace("{}", "{troops.titel: 1}"),
            "6: weight of an unknown feature 'troops.titel'",
        ),
        (
            "weights.yaml",
            WEIGHTS.replace("bias: -1", "bias: .nan"),
            "2: a number is expected here, not '.nan'",
        ),
        ("weights.yaml", WEIGHTS.replace("core: 0.9", "core: 0.1"), "3: expected 0 < passing <= threshold"),
        (
            "weights.yaml",
            WEIGHTS.replace("core:", "cores:"),
            "4: unknown field 'cores'; did you mean 'core'?",
        ),
        (
            "rules.yaml",
            "version: 1\nfeatures:\n  one: {when: KP & & RU, zones: [title]}\n",
            "3: a label is missing beside '&', '|' or '!'",
        ),
        (
            "rules.yaml",
            "version: 1\nfeatures:\n  one: {when: KP & !KP, zones: [title]}\n",
            "3: 'KP & !KP' never holds",
        ),
        (
            "rules.yaml",
            "version: 1\nfeatures:\n  one: {when: KP, zones: [title, title]}\n",
            "3: 'title' stands twice",
        ),
        ("sides.yaml", "version: [1\n", "2: not YAML: "),
        ("sides.yaml", "[" * 100_000, "1: not YAML: nested more than 100 deep"),
        ("sides.yaml", "version: \0 1\n", "1: not YAML: "),
        (
            "gazetteer.yaml",
            "version: 1\nentries:\n- {id: A, type: persn, name: A, aliases: {en: [A]}}\n",
            "3: unknown type 'persn'; did you mean 'person'?",
        ),
        (
            "gazetteer.yaml",
            "version: 1\nentries:\n- {id: A, type: person, name: A, aliases: {en: [A]}, qid: 56226}\n",
            "3: '56226' is no qid; expected something like Q423, or null",
        ),
    ],
)
def test_a_mistake_says_what_was_expected(folder: Folder, name: str, content: str, message: str) -> None:
    assert any(line.startswith(f"{name}:{message}") for line in mistakes(folder(name, content), name))


def test_bytes_that_are_no_utf_8_are_a_mistake_of_their_file(folder: Folder) -> None:
    place = folder("cues.yaml", CUES)
    (place / "cues.yaml").write_bytes(b"version: 1\n# \xff\n")
    assert mistakes(place, "cues.yaml") == ["cues.yaml: not UTF-8: invalid start byte at byte 13"]


def test_no_more_than_fifty_mistakes_are_told_and_the_rest_counted(folder: Folder) -> None:
    content = CUES + "".join(f"  cue{n}: none\n" for n in range(200))
    with pytest.raises(LexiconError) as caught:
        load_lexicon(folder("cues.yaml", content))
    lines = caught.value.detail.splitlines()
    assert len(lines) == MOST_TOLD + 1
    assert lines[-1].startswith("and ")


def test_a_feature_that_cannot_be_read_does_not_make_its_weights_unknown(folder: Folder) -> None:
    rules = (
        (FOLDER / "rules.yaml")
        .read_text(encoding="utf-8")
        .replace("when: KP & RU & troops,", "when: trops,", 1)
    )
    place = folder("rules.yaml", rules)
    assert len(mistakes(place, "rules.yaml")) == 1
    assert mistakes(place, "weights.yaml") == []


def test_weights_of_features_that_are_gone_are_let_pass_where_they_are_to_be_fitted_anew(
    folder: Folder,
) -> None:
    place = folder("weights.yaml", WEIGHTS.replace("{}", "{gone.title: 1}"))
    assert load_lexicon(place, fitted=False).features


def test_a_folder_that_is_not_there_is_one_mistake(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"nowhere: no such folder$"):
        load_lexicon(tmp_path / "nowhere")


@given(written=st.text(st.sampled_from("ab *=\u200b|&ё朝"), min_size=1, max_size=8))
def test_a_term_is_either_refused_with_its_line_or_can_be_found(written: str) -> None:
    found = Mistakes()
    read = read_cues(read_node(f"version: 1\ncues:\n  troops:\n    en: ['{written}']\n", "cues.yaml", found))
    if read.terms:
        (term,) = read.terms
        assert term.surface.strip()
        assert all(word.strip() for word, _ in term.tail)
        found.raise_any()
    else:
        with pytest.raises(LexiconError, match=r"cues\.yaml:4: "):
            found.raise_any()
