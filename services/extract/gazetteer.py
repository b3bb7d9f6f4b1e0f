"""One pass over a text finds every term of the lexicon, then boundaries and longer readings decide."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from sys import maxsize
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from services.extract.reading.folding import Folded, fold
from services.extract.rules.lexicon import Lexicon
from services.extract.rules.terms import Abbreviation, Term, TermKind

_HANGUL = re.compile("[가-힣]")
_ENDING_LIMIT = 3
_LAST = maxsize


class Hit(NamedTuple):
    """A term at its raw offsets; `name` is the label of a side or cue, or the id of an entity."""

    start: int
    end: int
    kind: TermKind
    name: str


_Readings = tuple[tuple[TermKind, str], ...]
_Mark = tuple[int, _Readings]
_Place = tuple[int, int, _Mark]
"""A start, the end negated so that longer places sort first, and what stands there with its number."""


class _Shape(NamedTuple):
    """How a surface may stand in a text, and all that it then stands for.

    `left` and `word` ask for the beginning and the end of a word where the surface has a letter there.
    `is_odd` says that `term` asks for more than that and a capital.
    """

    left: bool
    word: bool
    capital: bool
    is_odd: bool
    mark: _Mark
    term: Term


class Gazetteer:
    """Finds the lexicon's terms in one Aho-Corasick pass; immutable and shareable after construction."""

    def __init__(self, lexicon: Lexicon) -> None:
        groups: dict[str, list[Term]] = defaultdict(list)
        for term in lexicon.terms:
            groups[term.surface].append(term)
        numbers = count()
        self._groups = tuple(_grouped(terms, numbers) for terms in groups.values())
        self._automaton = AhoCorasick(
            groups, implementation=Implementation.ContiguousNFA, store_patterns=False
        )
        self._abbreviations = tuple((_abbreviation_pattern(item), item) for item in lexicon.abbreviations)

    def find(self, raw: str, language: str) -> tuple[Folded, list[Hit]]:
        """The folded text and the hits in it by start; sides and entities inside a longer one are gone."""
        folded = fold(raw)
        places = self._places(folded, raw)
        for hit in self._abbreviated(raw, language):
            places.append((hit.start, -hit.end, (_LAST, ((hit.kind, hit.name),))))
        places.sort()
        return folded, _longest_readings(places)

    def _places(self, folded: Folded, raw: str) -> list[_Place]:
        text, moved = folded.text, folded.starts is not None
        length = len(text)
        groups = self._groups
        places: list[_Place] = []
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            is_inside = start > 0 and text[start - 1].isalnum()
            goes_on = end < length and text[end].isalnum()
            for left, word, capital, is_odd, mark, term in groups[index]:
                if (left and is_inside) or (word and goes_on):
                    continue
                last = end
                if is_odd:
                    last = _odd_end(term, folded, raw, start, end)
                    if not last:
                        continue
                elif capital and raw[folded.raw_span(start, end)[0] if moved else start].islower():
                    continue
                if moved:
                    start_here, last = folded.raw_span(start, last)
                    places.append((start_here, -last, mark))
                else:
                    places.append((start, -last, mark))
        return places

    def _abbreviated(self, raw: str, language: str) -> Iterable[Hit]:
        if not self._abbreviations or raw.isascii():
            return
        script = "ko" if _HANGUL.search(raw) else language
        for pattern, abbreviation in self._abbreviations:
            if abbreviation.language == script and abbreviation.mark in raw:
                for match in pattern.finditer(raw):
                    yield Hit(match.start(), match.end(), "side", abbreviation.side)


def _grouped(terms: list[Term], numbers: Iterator[int]) -> tuple[_Shape, ...]:
    """Each shape the terms of one surface may take in a text."""
    shapes: dict[Term, list[tuple[TermKind, str]]] = defaultdict(list)
    for term in terms:
        shapes[replace(term, kind="cue", name="")].append((term.kind, term.name))
    return tuple(
        _Shape(
            left=shape.left and shape.surface[0].isalnum(),
            word=shape.right == "word" and shape.surface[-1].isalnum(),
            capital=shape.capital,
            is_odd=shape.right == "ending" or bool(shape.exact or shape.tail),
            mark=(next(numbers), tuple(readings)),
            term=shape,
        )
        for shape, readings in shapes.items()
    )


def _abbreviation_pattern(item: Abbreviation) -> re.Pattern[str]:
    letters = "가-힣" if item.language == "ko" else "\u4e00-\u9fff\u3041-\u30ff"
    followers = "|".join(re.escape(word) for word in item.followers)
    blocked = "|".join(re.escape(word) for word in item.blocked)
    ahead = f"(?=[^{letters}]|$" + (f"|{followers})" if followers else ")")
    not_ahead = f"(?!{blocked})" if blocked else ""
    return re.compile(f"(?<![{letters}A-Za-z0-9]){re.escape(item.mark)}{not_ahead}{ahead}")


def _odd_end(term: Term, folded: Folded, raw: str, start: int, end: int) -> int:
    """Where a term ends whose inflection, case or next words matter, 0 when it does not stand there."""
    if term.right == "ending" and not _ends_within(folded.text, end):
        return 0
    if term.capital or term.exact:
        raw_start, raw_end = folded.raw_span(start, end)
        if term.exact:
            if raw[raw_start:raw_end] != term.exact:
                return 0
        elif raw[raw_start].islower():
            return 0
    return _end_of_tail(term.tail, folded.text, end) if term.tail else end


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


def _longest_readings(places: list[_Place]) -> list[Hit]:
    """Drops sides, entities and guards that lie strictly inside a longer one; cues inside a guard go too.

    A cue inside a longer one of the same label says nothing more, and goes as well; so does a name that two
    spellings of the lexicon give to one place.
    """
    kept: list[Hit] = []
    cover_start, cover_end = -1, -1
    guard_start, guard_end = -1, -1
    said_until: dict[str, int] = {}
    new = tuple.__new__  # a third of what Hit(...) costs, and the most frequent call of a story full of names
    for start, minus_end, (_, readings) in places:
        end = -minus_end
        if end <= guard_end and not (start == guard_start and end == guard_end):
            continue
        is_covered = end <= cover_end and not (start == cover_start and end == cover_end)
        for kind, name in readings:
            if end <= said_until.get(name, -1) or (is_covered and kind != "cue"):
                continue
            said_until[name] = end
            if kind != "cue":
                cover_start, cover_end = start, end
                if kind == "guard":
                    guard_start, guard_end = start, end
            kept.append(new(Hit, (start, end, kind, name)))
    return kept
