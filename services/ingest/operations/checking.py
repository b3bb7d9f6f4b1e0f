"""Trying feeds: what each gives right now, and what to do about it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from services.ingest.documents.parsed import ParsedFeed
from services.ingest.operations.advice import advise, newest_of
from services.ingest.operations.files import is_address
from services.ingest.operations.sources import SourceReader, SourceReading, Status
from shared.domains import domain_of
from shared.model.times import Clock

MOST_AT_ONCE: Final = 16
GOOD: Final[frozenset[Status]] = frozenset({"ok", "empty", "too many"})

_FEWEST_ALIKE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What trying one source gave. `entries` and `newest_at` are of the feed, or of the only feed that a page
    names; `likeness` is the same for documents that hold the same entries."""

    source: str
    status: Status
    failed: bool
    elapsed: timedelta
    format: str = ""
    entries: int | None = None
    newest_at: datetime | None = None
    advice: tuple[str, ...] = ()
    likeness: str | None = None


Seen = Callable[[int, Checkup], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """Tries many sources at once, and those of one registrable domain one after another, `pause` apart."""

    reader: SourceReader
    clock: Clock
    pause: timedelta

    async def check(self, sources: Sequence[str], seen: Seen) -> None:
        """Try all of them; `seen` is called with a source's place in the list as soon as it is checked."""
        seats = asyncio.Semaphore(MOST_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for places in _by_domain(sources).values():
                group.create_task(self._in_turn({place: sources[place] for place in places}, seats, seen))

    async def _in_turn(self, mine: Mapping[int, str], seats: asyncio.Semaphore, seen: Seen) -> None:
        for turn, (place, source) in enumerate(mine.items()):
            if turn:
                await asyncio.sleep(self.pause.total_seconds())
            async with seats:
                checkup = await self._checkup(source)
            seen(place, checkup)

    async def _checkup(self, source: str) -> Checkup:
        reading = await self.reader.read(source)
        named = await self.reader.only_feed(reading)
        return checkup_of(reading, (named or reading).parsed, self.clock())


def checkup_of(reading: SourceReading, feed: ParsedFeed | None, now: datetime) -> Checkup:
    """The checkup that a reading amounts to; `feed` is what it holds, or what the page's only feed does."""
    return Checkup(
        source=reading.source,
        status=reading.status,
        failed=reading.status not in GOOD,
        elapsed=reading.elapsed,
        format=feed.format if feed else "",
        entries=feed.total if feed else None,
        newest_at=newest_of(feed) if feed else None,
        advice=advise(reading, now),
        likeness=_likeness(feed) if feed else None,
    )


def compared(checkup: Checkup, earlier: dict[str, str]) -> Checkup:
    """With a word if it holds the same as one of the `earlier` sources, by likeness, and now one of them."""
    if checkup.likeness is None:
        return checkup
    twin = earlier.setdefault(checkup.likeness, checkup.source)
    if twin == checkup.source:
        return checkup
    return replace(checkup, advice=(*checkup.advice, f"holds the same entries as {twin}"))


def _by_domain(sources: Sequence[str]) -> Mapping[str, list[int]]:
    """The places of the sources of each domain; every file is a domain of its own."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, source in enumerate(sources):
        places[domain_of(source) if is_address(source) else f"file {place}"].append(place)
    return places


def _likeness(feed: ParsedFeed) -> str | None:
    """Of a few entries nobody can say that they are the same feed."""
    if len(feed.entries) < _FEWEST_ALIKE:
        return None
    names = sorted({entry.url or entry.guid or entry.title for entry in feed.entries})
    return sha256("\0".join(names).encode("utf-8", "replace")).hexdigest()
