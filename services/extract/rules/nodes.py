"""YAML read with its line numbers, so that a mistake in the lexicon is reported where it stands."""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import yaml

from services.extract.language import LANGUAGES
from services.extract.rules.mistakes import Mistakes, likely
from shared.errors import LexiconError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BRACKET = re.compile(r"[\[\]{}]")
_DEEPEST = 100


class LexiconNode:
    """One place of a lexicon file.

    `note` keeps a mistake and goes on; `fail` gives up what is being read here, up to the next `tolerated`.
    """

    def __init__(self, node: yaml.Node, file: str, mistakes: Mistakes) -> None:
        self._node = node
        self._file = file
        self._mistakes = mistakes

    def note(self, message: str) -> None:
        """Keep what is wrong here, to be told with everything else."""
        self._mistakes.add(self._placed(message))

    def fail(self, message: str) -> NoReturn:
        """Raise LexiconError for what stands here."""
        raise LexiconError(self._placed(message))

    @contextmanager
    def tolerated(self) -> Iterator[None]:
        """A LexiconError inside is kept, to be told with everything else, and what follows goes on."""
        try:
            yield
        except LexiconError as error:
            self._mistakes.add(error.detail)

    def mapping(self) -> dict[str, "LexiconNode"]:
        """The entries of a mapping with plain keys, each key once."""
        if not isinstance(self._node, yaml.MappingNode):
            self.fail("a mapping is expected here")
        entries: dict[str, LexiconNode] = {}
        for key, value in self._node.value:
            key_node = self._at(key)
            with key_node.tolerated():
                name = key_node.text()
                if name in entries:
                    key_node.fail(f"{name!r} stands twice")
                entries[name] = self._at(value)
        return entries

    def fields(self, required: frozenset[str], optional: frozenset[str]) -> dict[str, "LexiconNode"]:
        """A mapping with all of `required` and nothing beside `required` and `optional`."""
        entries = self.mapping()
        known = required | optional
        for name, value in entries.items():
            if name not in known:
                value.note(f"unknown field {name!r}; {likely(name, known)}")
        if missing := sorted(required - entries.keys()):
            named = ", ".join(map(repr, missing))
            self.fail(f"{named} {'is' if len(missing) == 1 else 'are'} missing")
        return {name: node for name, node in entries.items() if name in known}

    def sequence(self) -> list["LexiconNode"]:
        """The items of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.fail("a list is expected here")
        return [self._at(item) for item in self._node.value]

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
        """A plain value that is a finite number."""
        written = self.text()
        try:
            value = float(written)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.fail(f"a number is expected here, not {written!r}")
        return value

    def texts(self) -> tuple[str, ...]:
        """A list of plain values; items that are none are noted and left out."""
        found: list[str] = []
        for item in self.sequence():
            with item.tolerated():
                found.append(item.text())
        return tuple(found)

    def languages(self) -> dict[str, "LexiconNode"]:
        """The values of a mapping keyed by language code."""
        found = self.mapping()
        for language, terms in found.items():
            if language not in LANGUAGES:
                terms.note(f"unknown language {language!r}; {likely(language, LANGUAGES)}")
        return found

    def by_language(self) -> dict[str, tuple[str, ...]]:
        """Lists of terms keyed by language code."""
        return {language: terms.texts() for language, terms in self.languages().items()}

    def _at(self, node: yaml.Node) -> "LexiconNode":
        return LexiconNode(node, self._file, self._mistakes)

    def _placed(self, message: str) -> str:
        return f"{self._file}:{self._node.start_mark.line + 1}: {message}"

    def _is_null(self) -> bool:
        return self._node.tag == "tag:yaml.org,2002:null"


def read_node(content: str, file: str, mistakes: Mistakes) -> LexiconNode:
    """The root of one lexicon file's content; LexiconError when it is not YAML."""
    if _depth(content) > _DEEPEST:
        raise LexiconError(f"{file}:1: not YAML: nested more than {_DEEPEST} deep")
    try:
        node = yaml.compose(content, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LexiconError(f"{file}:{line}: not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        reason = next(iter(str(error).splitlines()), "it cannot be read")
        raise LexiconError(f"{file}:1: not YAML: {reason}") from error
    if node is None:
        raise LexiconError(f"{file}:1: the file is empty")
    return LexiconNode(node, file, mistakes)


def _depth(content: str) -> int:
    """How deep brackets are nested at the most: past some thousands the YAML library kills the process."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(content):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def read_file(path: Path) -> str:
    """The content of one lexicon file; LexiconError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LexiconError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LexiconError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from error
