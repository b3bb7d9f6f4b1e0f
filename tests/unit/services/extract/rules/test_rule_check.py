"""A check of the rules tells what is wrong in every file at once."""

from pathlib import Path
from shutil import copytree

import pytest

from services.extract.rules.lexicon import FOLDER
from services.extract.rules.rule_check import check_rules
from shared.errors import LexiconError

TWO_EACH = {
    "rules.yaml": [("zones: [title", "zones: [titel"), ("zones: [title", "zones: [tilte")],
    "category_weights.yaml": [("captive.head:", "capture.head:"), ("captive.title:", "captive.titel:")],
    "agencies.yaml": [("where: [title]", "where: [titel]"), ("kind: cited", "kind: citde")],
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return copytree(FOLDER, tmp_path / "rules")


def edit(file: Path, *changes: tuple[str, str]) -> None:
    content = file.read_text(encoding="utf-8")
    for written, mistake in changes:
        assert written in content
        content = content.replace(written, mistake, 1)
    file.write_text(content, encoding="utf-8")


def told(rules: Path) -> list[str]:
    """The files that the lines are about."""
    with pytest.raises(LexiconError) as caught:
        check_rules(rules)
    return [Path(line.split(":", 1)[0]).name for line in caught.value.detail.splitlines()]


def test_rules_without_mistakes_pass(rules: Path) -> None:
    check_rules(rules)


def test_two_mistakes_in_each_of_three_kinds_of_files_are_six_lines_file_by_file(rules: Path) -> None:
    for name, changes in TWO_EACH.items():
        edit(rules / name, *changes)
    assert told(rules) == [name for name in TWO_EACH for _ in range(2)]


@pytest.mark.parametrize("broken", ["rules.yaml", "weights.yaml", "gazetteer.yaml", "sides.yaml"])
def test_a_file_that_cannot_be_read_hides_no_mistake_of_files_that_do_not_rest_on_it(
    rules: Path, broken: str
) -> None:
    (rules / broken).write_text("version: 1\n", encoding="utf-8")
    (rules / "category_cues.yaml").write_text("[", encoding="utf-8")
    edit(rules / "agencies.yaml", *TWO_EACH["agencies.yaml"])
    assert told(rules) == [broken, "category_cues.yaml", "agencies.yaml", "agencies.yaml"]


def test_a_mistake_in_the_relevance_rules_hides_none_of_the_categories(rules: Path) -> None:
    (rules / "rules.yaml").write_text("version: 1\n", encoding="utf-8")
    edit(rules / "category_weights.yaml", *TWO_EACH["category_weights.yaml"])
    assert told(rules) == ["rules.yaml", "category_weights.yaml", "category_weights.yaml"]


def test_a_folder_that_is_not_there_is_one_mistake(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"nowhere: no such folder$"):
        check_rules(tmp_path / "nowhere")
