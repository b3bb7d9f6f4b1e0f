"""Which event a story belongs to. Pure.

For now an event is one text and its copies: a story whose word 5-grams are contained to at least 60 % in
those of a recent story, or the other way round, is a copy of it (wire copies are cut, retitled and padded,
so containment, not overlap); every other story begins an event.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from shared.model.history import ActiveStory, Wording
from shared.model.ids import derive_id
from shared.model.story import Story

ACTIVE_STORIES = 1000
"""How many of the newest relevant stories a new one is compared with."""

COPY_WITHIN = timedelta(hours=72)
COPY_CONTAINMENT = 0.6
SHINGLE_WORDS = 5
ENOUGH_SHINGLES = 12  # with fewer in the text, the title counts too: a stock phrase alone makes no copy
MOST_WORDS = 3000
PIECE = re.compile(r"\S{1,500}\s*|\s+")
"""What is normalised at once: the time that takes can grow with the square of its length."""
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|\w+")  # Han and kana stand without spaces

Shingles = frozenset[int]
RevisionKey = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The event of a story; `copy_of` is the story it repeats, `reason` says in words why.

    `begins` is true for the first story of an event.
    """

    event_id: str
    copy_of: str | None
    reason: str
    begins: bool = False


class Window:
    """The active stories and an index of their shingles.

    What it holds is a function of the active stories given last: nothing else survives in it, so a new
    process that renews an empty window has the same one.
    """

    def __init__(self) -> None:
        self._stories: dict[RevisionKey, ActiveStory] = {}
        self._shingles: dict[RevisionKey, Shingles] = {}
        self._holders: dict[int, set[RevisionKey]] = {}

    def missing(self, active: Iterable[ActiveStory]) -> tuple[ActiveStory, ...]:
        """Those whose wording `renew` needs."""
        return tuple(story for story in active if _key(story) not in self._shingles)

    def renew(self, active: Sequence[ActiveStory], wordings: Iterable[Wording]) -> None:
        """Make `active` the content; `wordings` must cover what is missing, or it is left out."""
        wanted = {_key(story): story for story in active}
        for key in self._shingles.keys() - wanted.keys():
            self._drop(key)
        for wording in wordings:
            if (key := (wording.story_id, wording.revision)) in wanted:
                self._add(key, shingles(wording.title, wording.text))
        self._stories = {key: story for key, story in wanted.items() if key in self._shingles}

    def original_of(self, story: Story, *, event_id: str | None) -> tuple[ActiveStory, float] | None:
        """The active story that this one repeats most, and the containment; the earliest among equals.

        With `event_id` only stories of that event are considered.
        """
        mine = shingles(story.title, story.text)
        shared = Counter(key for shingle in mine for key in self._holders.get(shingle, ()))
        candidates = (
            (self._containment(key, mine, count), -self._stories[key].sequence, self._stories[key])
            for key, count in shared.items()
            if _comparable(self._stories[key], story, event_id)
        )
        best = max(candidates, key=lambda found: found[:2], default=None)
        return (best[2], best[0]) if best is not None and best[0] >= COPY_CONTAINMENT else None

    def _containment(self, key: RevisionKey, mine: Shingles, shared: int) -> float:
        return shared / min(len(mine), len(self._shingles[key]))

    def _add(self, key: RevisionKey, content: Shingles) -> None:
        self._shingles[key] = content
        for shingle in content:
            self._holders.setdefault(shingle, set()).add(key)

    def _drop(self, key: RevisionKey) -> None:
        for shingle in self._shingles.pop(key):
            holders = self._holders[shingle]
            holders.discard(key)
            if not holders:
                del self._holders[shingle]


def assign(story: Story, window: Window, *, event_id: str | None) -> Assignment:
    """The event of the story; `event_id` is the one an earlier revision of it was given, which it keeps."""
    found = window.original_of(story, event_id=event_id)
    if event_id is not None:
        copy_of = found[0].story_id if found else None
        return Assignment(event_id=event_id, copy_of=copy_of, reason="a revision of a story of this event")
    if found is None:
        begun = derive_id("event", story.id)
        reason = "no story of the last 72 hours reads like it"
        return Assignment(event_id=begun, copy_of=None, reason=reason, begins=True)
    original, containment = found
    reason = f"{containment:.0%} of its {SHINGLE_WORDS}-word sequences are shared"
    return Assignment(event_id=original.event_id, copy_of=original.story_id, reason=reason)


def shingles(title: str, text: str) -> Shingles:
    """The hashed word sequences of a story's text, and of its title where the text has too few."""
    found = _sequences(text)
    return found if len(found) >= ENOUGH_SHINGLES else found | _sequences(title)


def words(text: str) -> list[str]:
    """The words of a text without their case and form of writing; at most the first few thousand."""
    pieces = (unicodedata.normalize("NFKC", piece.group()).casefold() for piece in PIECE.finditer(text))
    found = (match.group() for piece in pieces for match in WORD.finditer(piece))
    return list(islice(found, MOST_WORDS))


def _sequences(text: str) -> Shingles:
    found = words(text)
    if not found:
        return frozenset()
    count = max(len(found) - SHINGLE_WORDS + 1, 1)
    return frozenset(hash(tuple(found[start : start + SHINGLE_WORDS])) for start in range(count))


def _comparable(active: ActiveStory, story: Story, event_id: str | None) -> bool:
    return (
        active.story_id != story.id
        and abs(active.published_at - story.published_at) <= COPY_WITHIN
        and event_id in (None, active.event_id)
    )


def _key(story: ActiveStory) -> RevisionKey:
    return story.story_id, story.revision
