"""The stories that a new one may repeat, and the search among them. Pure.

What is kept of a story is its signature, at most 26 kB. A glance at the outlines of all of them picks the few
that are compared in full, so a search takes a few milliseconds whatever the stories say, even when somebody
floods the window with copies; an index by word sequence would take thirty times the memory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from heapq import nlargest
from operator import itemgetter

from services.extract.origins.copies import Likeness, Signature, compare, promise, sign
from shared.model.history import ActiveStory, Wording
from shared.model.story import Story

ACTIVE_STORIES = 1000
"""How many of the newest relevant stories a new one is compared with."""

MOST_COMPARED = 64
"""How many of them are compared in full, the most promising ones."""

COPY_WITHIN = timedelta(hours=72)

RevisionKey = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The story that another repeats, and how: see `Likeness`."""

    original: ActiveStory
    likeness: Likeness


class Window:
    """The active stories with their signatures.

    What it holds is a function of the active stories given last: nothing else survives in it, so a new
    process that renews an empty window has the same one.
    """

    def __init__(self) -> None:
        self._stories: dict[RevisionKey, ActiveStory] = {}
        self._signatures: dict[RevisionKey, Signature] = {}

    def missing(self, active: Iterable[ActiveStory]) -> tuple[ActiveStory, ...]:
        """Those whose wording `renew` needs."""
        return tuple(story for story in active if _key(story) not in self._signatures)

    def renew(self, active: Sequence[ActiveStory], wordings: Iterable[Wording]) -> None:
        """Make `active` the content; a story that is missing and has no wording here is left out for now."""
        wanted = {_key(story): story for story in active}
        for key in self._signatures.keys() - wanted.keys():
            del self._signatures[key]
        for wording in wordings:
            if (key := (wording.story_id, wording.revision)) in wanted:
                self._signatures[key] = sign(wording.title, wording.text, wording.outlet)
        self._stories = {key: story for key, story in wanted.items() if key in self._signatures}

    def copy_of(self, story: Story, *, event_id: str | None) -> Copy | None:
        """The active story that this one repeats most; the earliest among equals.

        With `event_id` only stories of that event are considered.
        """
        mine = sign(story.title, story.text, story.outlet)
        my_hashes = frozenset(mine.hashes)
        found = (
            (likeness, active)
            for other, active in self._promising(mine, story, event_id)
            if (likeness := compare(mine, my_hashes, other)) is not None
        )
        best = max(found, key=_rank, default=None)
        return None if best is None else Copy(original=best[1], likeness=best[0])

    def _promising(
        self, mine: Signature, story: Story, event_id: str | None
    ) -> list[tuple[Signature, ActiveStory]]:
        """Of equally promising ones the earliest."""
        found = [
            (guess, -active.sequence, self._signatures[key], active)
            for key, active in self._stories.items()
            if (guess := promise(mine, self._signatures[key])) and _comparable(active, story, event_id)
        ]
        best = nlargest(MOST_COMPARED, found, key=itemgetter(0, 1))
        return [(signature, active) for _, _, signature, active in best]


def _rank(found: tuple[Likeness, ActiveStory]) -> tuple[float, int]:
    return found[0].containment, -found[1].sequence


def _comparable(active: ActiveStory, story: Story, event_id: str | None) -> bool:
    return (
        active.story_id != story.id
        and abs(active.published_at - story.published_at) <= COPY_WITHIN
        and event_id in (None, active.event_id)
    )


def _key(story: ActiveStory) -> RevisionKey:
    return story.story_id, story.revision
