"""The news agencies and the rules by which they are credited, read from `agencies.yaml`."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, cast, get_args

from services.extract.origins.agencies import AgencyFinder, CreditRule, Place
from services.extract.rules.lexicon import FOLDER
from services.extract.rules.mistakes import Mistakes, likely
from services.extract.rules.nodes import LexiconNode, read_file, read_node
from shared.errors import LexiconError
from shared.model.origin import CreditKind

FILE: Final = "agencies.yaml"
AGENCY: Final = "{agency}"


@cache
def load_agencies(folder: Path = FOLDER) -> AgencyFinder:
    """The finder made of the folder's file; LexiconError names file and line of every mistake in it."""
    mistakes = Mistakes()
    finder = read_agencies(folder, mistakes)
    mistakes.raise_any()
    if finder is None:
        raise LexiconError(f"{folder / FILE}: cannot be read")
    return finder


def read_agencies(folder: Path, mistakes: Mistakes) -> AgencyFinder | None:
    """As `load_agencies`, but what is wrong is added to `mistakes`; None where they stand in the way."""
    try:
        root = read_node(read_file(folder / FILE), str(folder / FILE), mistakes)
        return _finder(root.fields(frozenset({"version", "agencies", "pieces", "rules"}), frozenset()))
    except LexiconError as error:
        mistakes.add(error.detail)
        return None


def _finder(fields: Mapping[str, LexiconNode]) -> AgencyFinder:
    pieces = _pieces(fields["pieces"])
    rules: list[CreditRule] = []
    for node in fields["rules"].sequence():
        with node.tolerated():
            rules.append(_rule(node, pieces))
    return AgencyFinder(list(_names(fields["agencies"])), rules)


def _names(node: LexiconNode) -> Iterator[tuple[str, str]]:
    for agency, names in node.mapping().items():
        for written in names.languages().values():
            with written.tolerated():
                yield from ((name, agency) for name in written.texts())


def _pieces(node: LexiconNode) -> dict[str, str]:
    """Each piece with the earlier ones put in."""
    pieces: dict[str, str] = {}
    for name, value in node.mapping().items():
        with value.tolerated():
            pieces[name] = _filled(value.text(), pieces)
    return pieces


def _rule(node: LexiconNode, pieces: Mapping[str, str]) -> CreditRule:
    fields = node.fields(frozenset({"id", "kind", "where", "pattern"}), frozenset())
    places: set[Place] = set()
    for item in fields["where"].sequence():
        with item.tolerated():
            places.add(_place(item))
    before, found, after = _filled(fields["pattern"].text(), pieces).partition(AGENCY)
    if not found:
        fields["pattern"].fail(f"the pattern has no {AGENCY}")
    return CreditRule(
        id=fields["id"].text(),
        kind=_kind(fields["kind"]),
        places=frozenset(places),
        before=_compiled(fields["pattern"], rf"(?:{before})\Z"),
        after=_compiled(fields["pattern"], after),
    )


def _filled(pattern: str, pieces: Mapping[str, str]) -> str:
    for name, piece in pieces.items():
        pattern = pattern.replace(f"{{{name}}}", piece)
    return pattern


def _compiled(node: LexiconNode, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        node.fail(f"no pattern on its own before or after {AGENCY}: {error}")


def _kind(node: LexiconNode) -> CreditKind:
    return cast(CreditKind, _one_of(node, get_args(CreditKind), "kind"))


def _place(node: LexiconNode) -> Place:
    return cast(Place, _one_of(node, get_args(Place), "place"))


def _one_of(node: LexiconNode, known: tuple[str, ...], what: str) -> str:
    written = node.text()
    if written not in known:
        node.fail(f"unknown {what} {written!r}; {likely(written, known)}")
    return written
