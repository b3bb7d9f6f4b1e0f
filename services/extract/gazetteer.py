"""One pass over a text finds every term of the lexicon, then boundaries and longer readings decide."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from services.extract.folding import Folded, fold
from services.extract.lexicon import Lexicon
from services.extract.lexicon_terms import Abbreviation, Term, TermKind

_HANGUL = re.compile("[가-힣]")
_SIDE_KINDS = frozenset({"entity", "side", "guard"})
_ENDING_LIMIT = 3


class Hit(NamedTuple):
    """A term at its raw offsets; `name` is the label of a side or cue, or the id of an entity."""

    start: int
    end: int
    kind: TermKind
    name: str


class _Group(NamedTuple):
    """The terms of one surface: each shape they may take in a text, with all that it then stands for."""

    begins_word: bool
    shapes: tuple[tuple[Term, tuple[tuple[TermKind, str], ...]], ...]


class Gazetteer:
    """Finds the lexicon's terms in one Aho-Corasick pass; immutable and shareable after construction."""

    def __init__(self, lexicon: Lexicon) -> None:
        groups: dict[str, list[Term]] = defaultdict(list)
        for term in lexicon.terms:
            groups[term.surface].append(term)
        self._groups = tuple(_grouped(terms) for terms in groups.values())
        self._automaton = AhoCorasick(
            groups, implementation=Implementation.ContiguousNFA, store_patterns=False
        )
        self._abbreviations = tuple((_abbreviation_pattern(item), item) for item in lexicon.abbreviations)

    def find(self, raw: str, language: str) -> tuple[Folded, list[Hit]]:
        """The folded text and the hits in it by start; sides and entities inside a longer one are gone."""
        folded = fold(raw)
        text, moved = folded.text, folded.starts is not None
        found: list[Hit] = []
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            group = self._groups[index]
            if group.begins_word and start and text[start - 1].isalnum():
                continue
            for term, readings in group.shapes:
                if _stands(term, folded, raw, start, end):
                    last = _end_of_tail(term.tail, text, end) if term.tail else end
                    if last:
                        span = folded.raw_span(start, last) if moved else (start, last)
                        for kind, name in readings:
                            found.append(Hit(*span, kind, name))
        found.extend(self._abbreviated(raw, language))
        return folded, _longest_readings(found)

    def _abbreviated(self, raw: str, language: str) -> Iterable[Hit]:
        if not self._abbreviations or raw.isascii():
            return
        script = "ko" if _HANGUL.search(raw) else language
        for pattern, abbreviation in self._abbreviations:
            if abbreviation.language == script and abbreviation.mark in raw:
                for match in pattern.finditer(raw):
                    yield Hit(match.start(), match.end(), "side", abbreviation.side)


def _grouped(terms: list[Term]) -> _Group:
    shapes: dict[Term, list[tuple[TermKind, str]]] = defaultdict(list)
    for term in terms:
        shapes[replace(term, kind="cue", name="")].append((term.kind, term.name))
    return _Group(
        begins_word=all(term.left for term in terms) and terms[0].surface[:1].isalnum(),
        shapes=tuple((shape, tuple(readings)) for shape, readings in shapes.items()),
    )


def _abbreviation_pattern(item: Abbreviation) -> re.Pattern[str]:
    letters = "가-힣" if item.language == "ko" else "\u4e00-\u9fff\u3041-\u30ff"
    followers = "|".join(re.escape(word) for word in item.followers)
    blocked = "|".join(re.escape(word) for word in item.blocked)
    ahead = f"(?=[^{letters}]|$" + (f"|{followers})" if followers else ")")
    not_ahead = f"(?!{blocked})" if blocked else ""
    return re.compile(f"(?<![{letters}A-Za-z0-9]){re.escape(item.mark)}{not_ahead}{ahead}")


def _stands(term: Term, folded: Folded, raw: str, start: int, end: int) -> bool:
    text = folded.text
    if term.left and start and text[start - 1].isalnum() and text[start].isalnum():
        return False
    if term.right == "word":
        if end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
            return False
    elif term.right == "ending" and not _ends_within(text, end):
        return False
    if not (term.capital or term.exact):
        return True
    raw_start, raw_end = folded.raw_span(start, end)
    if term.exact:
        return raw[raw_start:raw_end] == term.exact
    return not raw[raw_start].islower()


def _end_of_tail(tail: tuple[tuple[str, bool], ...], text: str, end: int) -> int:
    """Where the last of the words that must follow ends, 0 when they do not."""
    position = end
    for word, is_stem in tail:
        position = _word_end(text, position)
        if not text.startswith(word, position + 1) or text[position : position + 1] != " ":
            return 0
        position += 1 + len(word)
        if not is_stem and position < len(text) and text[position].isalnum():
            return 0
    return position


def _word_end(text: str, position: int) -> int:
    limit = min(len(text), position + 20)
    while position < limit and text[position].isalnum():
        position += 1
    return position


def _ends_within(text: str, end: int) -> bool:
    """Whether at most three letters of inflection follow."""
    for position in range(end, min(end + _ENDING_LIMIT + 1, len(text))):
        if not text[position].isalpha():
            return True
    return len(text) - end <= _ENDING_LIMIT


def _longest_readings(found: list[Hit]) -> list[Hit]:
    """Drops sides, entities and guards that lie strictly inside a longer one; cues inside a guard go too.

    A cue inside a longer one of the same label says nothing more, and goes as well.
    """
    found.sort(key=lambda hit: (hit.start, -hit.end))
    kept: list[Hit] = []
    cover_start, cover_end = -1, -1
    guard_start, guard_end = -1, -1
    said_until: dict[str, int] = {}
    for hit in found:
        if hit.end <= guard_end and (hit.start, hit.end) != (guard_start, guard_end):
            continue
        if hit.kind in _SIDE_KINDS:
            if hit.end <= cover_end and (hit.start, hit.end) != (cover_start, cover_end):
                continue
            cover_start, cover_end = hit.start, hit.end
            if hit.kind == "guard":
                guard_start, guard_end = hit.start, hit.end
        elif hit.end <= said_until.get(hit.name, -1):
            continue
        else:
            said_until[hit.name] = hit.end
        kept.append(hit)
    return kept
