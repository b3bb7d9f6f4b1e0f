"""Terms: the words of the sides and cues files, and how each of them may be matched."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.extract.reading.folding import fold_term
from services.extract.rules.mistakes import likely
from services.extract.rules.nodes import LexiconNode

TermKind = Literal["entity", "side", "cue", "guard"]
Right = Literal["word", "ending", "stem", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A folded surface and how it may stand in running text.

    `right` says what may follow: nothing more of the word ("word"), up to three letters ("ending"), any rest
    of the word ("stem"), anything ("any", for scripts without spaces). `left` asks for a word's beginning,
    `capital` for an upper-case initial, `exact` for exactly these raw characters. `tail` holds the words that
    must follow, each a mere beginning when its flag is set.
    """

    surface: str
    kind: TermKind
    name: str
    right: Right
    left: bool = False
    capital: bool = False
    exact: str = ""
    tail: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Abbreviation:
    """A one-character name of a side, as headlines write it.

    It counts when no letter of its script precedes it, and what follows is no letter or one of `followers`,
    and none of `blocked`.
    """

    mark: str
    side: str
    language: str
    followers: tuple[str, ...]
    blocked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFile:
    """What one file of terms says: its label names and its terms."""

    names: tuple[str, ...]
    terms: tuple[Term, ...]
    abbreviations: tuple[Abbreviation, ...] = ()


def _case_matters(folded: str) -> bool:
    """Channels write Cyrillic names in lower case, so only short ones need their capital."""
    return folded[0] < "\u0400" or len(folded) <= 4


def is_spaceless(folded: str) -> bool:
    """Whether the term is written in Hangul, kana or Han characters, where words are not parted by spaces."""
    return any(
        "\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" for c in folded
    )


def read_sides(root: LexiconNode, entities: frozenset[str]) -> TermFile:
    """The words for each side, the guard words, and the headline abbreviations."""
    fields = root.fields(frozenset({"version", "sides", "guards", "abbreviations"}), frozenset())
    terms: list[Term] = []
    sides = fields["sides"].mapping()
    for side, node in sides.items():
        with node.tolerated():
            entry = node.fields(frozenset({"terms"}), frozenset({"entity"}))
            terms.extend(_written(entry["terms"], kind="side", name=side))
            if "entity" in entry:
                entity = entry["entity"].text()
                if entity not in entities:
                    entry["entity"].fail(f"the gazetteer has no {entity!r}; {likely(entity, entities)}")
                terms.extend(_written(entry["terms"], kind="entity", name=entity))
    terms.extend(_written(fields["guards"], kind="guard", name="guard"))
    abbreviations: list[Abbreviation] = []
    for node in fields["abbreviations"].sequence():
        with node.tolerated():
            abbreviations.append(_abbreviation(node, frozenset(sides)))
    return TermFile(names=tuple(sides), terms=tuple(dict.fromkeys(terms)), abbreviations=tuple(abbreviations))


def read_cues(root: LexiconNode, without: frozenset[str] = frozenset()) -> TermFile:
    """The cue words of each label, save those of the languages left out."""
    fields = root.fields(frozenset({"version", "cues"}), frozenset())
    cues = fields["cues"].mapping()
    terms: list[Term] = []
    for name, node in cues.items():
        with node.tolerated():
            terms.extend(_written(node, kind="cue", name=name, without=without))
    return TermFile(names=tuple(cues), terms=tuple(dict.fromkeys(terms)))


def _abbreviation(node: LexiconNode, sides: frozenset[str]) -> Abbreviation:
    entry = node.fields(frozenset({"mark", "side", "language"}), frozenset({"followers", "blocked"}))
    if entry["side"].text() not in sides:
        entry["side"].fail(f"unknown side {entry['side'].text()!r}; {likely(entry['side'].text(), sides)}")
    return Abbreviation(
        mark=entry["mark"].text(),
        side=entry["side"].text(),
        language=entry["language"].text(),
        followers=entry["followers"].texts() if "followers" in entry else (),
        blocked=entry["blocked"].texts() if "blocked" in entry else (),
    )


def _written(
    node: LexiconNode, *, kind: TermKind, name: str, without: frozenset[str] = frozenset()
) -> Iterator[Term]:
    for language, words in node.languages().items():
        if language in without:
            continue
        with words.tolerated():
            for word in words.sequence():
                with word.tolerated():
                    yield read_term(_checked(word), kind=kind, name=name)


def _checked(node: LexiconNode) -> str:
    """A term as written that can match at all; LexiconError otherwise."""
    written = node.text()
    for word in written.removeprefix("=").split(" "):
        if not fold_term(word.strip("*")).strip():
            node.fail(f"{written!r} has an empty word; expected `word`, `stem*`, `stem* word` or `=EXACT`")
        if "*" in word[:-1]:
            node.fail(f"{written!r} has a star inside a word; expected it at the end of one, as in `stem*`")
    return written


def read_term(written: str, *, kind: TermKind, name: str) -> Term:
    """A term as written in the files: `word`, `stem*`, `stem* word`, `=EXACT`.

    An upper-case initial must stand in the text too, save in longer Cyrillic words.
    """
    if written.startswith("="):
        exact = written[1:]
        return Term(surface=fold_term(exact), kind=kind, name=name, right="word", left=True, exact=exact)
    first, *rest = written.split(" ") if "* " in written else [written]
    is_stem = first.endswith("*")
    bare = first.rstrip("*")
    folded = fold_term(bare)
    if is_spaceless(folded):
        return Term(surface=folded, kind=kind, name=name, right="any")
    return Term(
        surface=folded,
        kind=kind,
        name=name,
        right="stem" if is_stem else "word",
        left=True,
        capital=bare[0].isupper() and _case_matters(folded),
        tail=tuple((fold_term(word.rstrip("*")), word.endswith("*")) for word in rest),
    )
