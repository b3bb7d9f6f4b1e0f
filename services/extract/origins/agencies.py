"""Which news agency a story credits with its text, and which it merely cites. Pure.

Every mention of an agency's name is judged by the words around it on its line, under the rules of
`lexicon/agencies.yaml`; a mention that fits none, such as an agency that is itself in the news, says nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from services.extract.reading.markup import mask_markup
from services.extract.sections import SCORED_LIMIT
from shared.model.origin import Credit, CreditKind

Place = Literal["title", "head", "tail", "text"]

TITLE_LIMIT = 2_000
HEAD_LENGTH = 700
TAIL_LENGTH = 1_200
TEXT_LENGTH = 6_000
"""Of a text, how much is searched for agencies merely cited."""

AROUND = 160
"""How much of a line is read on either side of a name: more than any rule asks for."""

MOST_MENTIONS = 50
"""Of a title or text: the first ones, and as many of the last."""

_CYRILLIC_ENDING = re.compile(r"[а-яіїє]{0,2}(?!\w)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SYLLABLES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRule:
    """What must stand before a name on its line, and what after, for it to be a credit or a citation."""

    id: str
    kind: CreditKind
    places: frozenset[Place]
    before: re.Pattern[str]
    after: re.Pattern[str]


class _Mention(NamedTuple):
    agency: str
    start: int
    end: int


class AgencyFinder:
    """Reads credits by a list of agencies and rules; immutable once made."""

    def __init__(self, names: Sequence[tuple[str, str]], rules: Sequence[CreditRule]) -> None:
        """`names` are pairs of a name and the id of its agency."""
        written = {form: agency for name, agency in names for form in (name, _capitals(name))}
        self._names = tuple(written.items())
        self._automaton = AhoCorasick(list(written), matchkind=MatchKind.LeftmostLongest)
        self._rules = tuple(rules)

    def credits(self, title: str, text: str) -> tuple[Credit, ...]:
        """What each mention says, in the order of the rules, then of the text; each place once."""
        found = [*self._found(title, "title"), *self._found(text, "text")]
        order = {rule.id: place for place, rule in enumerate(self._rules)}
        return tuple(sorted(found, key=lambda credit: (order[credit.rule], credit.section, credit.start)))

    def named(self, words: str) -> str | None:
        """The id of the first agency named in a few words that are known to be a credit."""
        return next((mention.agency for mention in self._mentions(_SURROGATE.sub("\ufffd", words))), None)

    def _found(self, raw: str, section: Literal["title", "text"]) -> Iterator[Credit]:
        masked = mask_markup(raw[: TITLE_LIMIT if section == "title" else SCORED_LIMIT])
        masked = _SURROGATE.sub("\ufffd", masked)
        for mention in self._mentions(masked):
            places = _places(masked, mention, section)
            before, after = _around(masked, mention)
            rule = next((rule for rule in self._rules if _fits(rule, places, before, after)), None)
            if rule is not None:
                yield Credit(
                    agency=mention.agency,
                    kind=rule.kind,
                    rule=rule.id,
                    section=section,
                    start=mention.start,
                    end=mention.end,
                    text=raw[mention.start : mention.end],
                )

    def _mentions(self, masked: str) -> list[_Mention]:
        found: list[_Mention] = []
        for index, start, end in self._automaton.find_matches_as_indexes(masked):
            name, agency = self._names[index]
            last = _end_of_name(name, masked, start, end)
            if last:
                found.append(_Mention(agency, start, last))
        return found if len(found) <= 2 * MOST_MENTIONS else found[:MOST_MENTIONS] + found[-MOST_MENTIONS:]


def credited_agency(named: Sequence[Credit]) -> str | None:
    """The id of the agency whose text the story carries, None when it credits none with it."""
    return next((credit.agency for credit in named if credit.kind == "credit"), None)


def _capitals(name: str) -> str:
    return name.upper() if len(name) > 3 else name


def _end_of_name(name: str, masked: str, start: int, end: int) -> int:
    """Where the name ends with its case ending, 0 when it is a part of a longer word."""
    if _SYLLABLES.search(name):
        return end
    if start and masked[start - 1].isalnum():
        return 0
    if name[-1] >= "\u0400" and len(name) >= 6:
        ending = _CYRILLIC_ENDING.match(masked, end)
        return ending.end() if ending else 0
    return 0 if masked[end : end + 1].isalnum() else end


def _places(masked: str, mention: _Mention, section: Literal["title", "text"]) -> frozenset[Place]:
    if section == "title":
        return frozenset({"title"})
    begin = len(masked) - len(masked.lstrip())
    finish = len(masked.rstrip())
    found: set[Place] = set()
    if mention.start < begin + HEAD_LENGTH:
        found.add("head")
    if mention.start >= finish - TAIL_LENGTH:
        found.add("tail")
    if mention.start < TEXT_LENGTH:
        found.add("text")
    return frozenset(found)


def _around(masked: str, mention: _Mention) -> tuple[str, str]:
    """What stands on the mention's line before and after it."""
    before = masked[max(0, mention.start - AROUND) : mention.start].rsplit("\n", 1)[-1]
    after = masked[mention.end : mention.end + AROUND].split("\n", 1)[0]
    return before.lstrip(), after


def _fits(rule: CreditRule, places: frozenset[Place], before: str, after: str) -> bool:
    return not rule.places.isdisjoint(places) and bool(rule.before.search(before) and rule.after.match(after))
