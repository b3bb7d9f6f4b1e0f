"""YAML read with its line numbers, so that a mistake in the lexicon is reported where it stands."""

from pathlib import Path
from typing import NoReturn

import yaml

from shared.errors import LexiconError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LexiconNode:
    """One place of a lexicon file; accessors raise LexiconError with file and line for a wrong shape."""

    def __init__(self, node: yaml.Node, file: str) -> None:
        self._node = node
        self._file = file

    def fail(self, message: str) -> NoReturn:
        """Raise LexiconError for what stands here."""
        raise LexiconError(f"{self._file}:{self._node.start_mark.line + 1}: {message}")

    def mapping(self) -> dict[str, "LexiconNode"]:
        """The entries of a mapping with plain keys, each key once."""
        if not isinstance(self._node, yaml.MappingNode):
            self.fail("a mapping is expected here")
        entries: dict[str, LexiconNode] = {}
        for key, value in self._node.value:
            name = LexiconNode(key, self._file).text()
            if name in entries:
                LexiconNode(key, self._file).fail(f"{name!r} stands twice")
            entries[name] = LexiconNode(value, self._file)
        return entries

    def fields(self, required: frozenset[str], optional: frozenset[str]) -> dict[str, "LexiconNode"]:
        """A mapping with all of `required` and nothing beside `required` and `optional`."""
        entries = self.mapping()
        for name in sorted(required - entries.keys()):
            self.fail(f"{name!r} is missing")
        for name, value in entries.items():
            if name not in required and name not in optional:
                value.fail(f"unknown field {name!r}")
        return entries

    def sequence(self) -> list["LexiconNode"]:
        """The items of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.fail("a list is expected here")
        return [LexiconNode(item, self._file) for item in self._node.value]

    def text(self) -> str:
        """A plain value, without the space around it; never empty."""
        if not isinstance(self._node, yaml.ScalarNode) or self._is_null():
            self.fail("text is expected here")
        value = str(self._node.value).strip()
        if not value:
            self.fail("empty text")
        return value

    def text_or_none(self) -> str | None:
        """As `text`, None for null."""
        return None if self._is_null() else self.text()

    def number(self) -> float:
        """A plain value that is a number."""
        try:
            return float(self.text())
        except ValueError:
            self.fail("a number is expected here")

    def texts(self) -> tuple[str, ...]:
        """A list of plain values."""
        return tuple(item.text() for item in self.sequence())

    def by_language(self) -> dict[str, tuple[str, ...]]:
        """Lists of terms keyed by language code."""
        return {language: terms.texts() for language, terms in self.mapping().items()}

    def _is_null(self) -> bool:
        return self._node.tag == "tag:yaml.org,2002:null"


def read_node(content: str, file: str) -> LexiconNode:
    """The root of one lexicon file's content; LexiconError when it is not YAML."""
    try:
        node = yaml.compose(content, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LexiconError(f"{file}:{line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise LexiconError(f"{file}:1: {error}") from error
    if node is None:
        raise LexiconError(f"{file}:1: the file is empty")
    return LexiconNode(node, file)


def read_file(folder: Path, name: str) -> str:
    """The content of one lexicon file; LexiconError when it cannot be read."""
    try:
        return (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{name}: {error}") from error
