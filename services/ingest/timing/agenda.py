"""Which feed is polled next: due ones, few at once, fewer and apart in time per domain. Pure.

A feed waits for its time, then in its domain's queue, in the order of being due; domains whose next start is
allowed take turns. Every step costs the logarithm of the number of feeds, however many are due.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.model.feed import Feed

_BACK: Final = timedelta(minutes=1)
"""A clock that went back by more than this was wrong before: all that was planned by it moves back too."""


@dataclass(slots=True, kw_only=True)
class _Domain:
    due: list[tuple[datetime, str]] = field(default_factory=list)  # a heap; feeds not in `_queued` are void
    in_flight: int = 0
    free_at: datetime | None = None
    place: Literal["ready", "resting"] | None = None


class Agenda:
    """Feeds and when each is due. A feed that was taken is not due again before it is done.

    `domain_of` says whom a feed burdens at the moment it becomes due.
    """

    def __init__(
        self,
        *,
        concurrency: int,
        per_domain: int,
        pause: timedelta,
        domain_of: Callable[[Feed], str],
    ) -> None:
        self._concurrency = concurrency
        self._per_domain = per_domain
        self._pause = pause
        self._domain_of = domain_of
        self._feeds: dict[str, Feed] = {}
        self._times: dict[str, datetime] = {}
        self._waiting: list[tuple[datetime, str]] = []  # a heap; entries that differ from `_times` are void
        self._queued: dict[str, datetime] = {}
        self._domains: dict[str, _Domain] = {}
        self._ready: deque[str] = deque()
        self._resting: list[tuple[datetime, str]] = []  # a heap of domains that may start at that time
        self._in_flight: dict[str, str] = {}
        self._again: set[str] = set()
        self._early: dict[str, datetime] = {}  # hastened before they are planned
        self._latest: datetime | None = None

    @property
    def in_flight(self) -> int:
        """How many polls are under way."""
        return len(self._in_flight)

    def watch(self, feeds: Iterable[Feed]) -> tuple[str, ...]:
        """Watch exactly these feeds from now on; gives the ids of those not watched before, to `plan`."""
        before, self._feeds = self._feeds, {feed.id: feed for feed in feeds}
        for gone in before.keys() - self._feeds.keys():
            self._times.pop(gone, None)
            self._queued.pop(gone, None)
            self._again.discard(gone)
            self._early.pop(gone, None)
        self._forget_idle_domains()
        return tuple(feed_id for feed_id in self._feeds if feed_id not in before)

    def plan(self, feed_id: str, at: datetime) -> None:
        """Poll this feed at that time, unless it is in flight or due already."""
        if feed_id in self._feeds and feed_id not in self._in_flight and feed_id not in self._queued:
            at = min(at, self._early.pop(feed_id, at))
            self._times[feed_id] = at
            heapq.heappush(self._waiting, (at, feed_id))

    def hasten(self, feed_id: str, at: datetime) -> None:
        """Poll this feed at that time if it is planned for later, or will be; if it is in flight, once more
        after it."""
        if feed_id in self._in_flight:
            self._again.add(feed_id)
        elif feed_id not in self._times and feed_id not in self._queued:
            self._early[feed_id] = at
        elif self._times.get(feed_id, at) > at:
            self.plan(feed_id, at)

    def hold(self, domain: str, until: datetime) -> None:
        """Start nothing in this domain before then."""
        there = self._domains.setdefault(domain, _Domain())
        there.free_at = max(there.free_at or until, until)

    def take(self, now: datetime) -> tuple[Feed, ...]:
        """The feeds that may start now; each is in flight from here on."""
        self._mind_the_clock(now)
        self._queue_due(now)
        while self._resting and self._resting[0][0] <= now:
            _, name = heapq.heappop(self._resting)
            self._domains[name].place = None
            self._enlist(name, now)
        taken: list[Feed] = []
        while self._ready and len(self._in_flight) < self._concurrency:
            name = self._ready.popleft()
            self._domains[name].place = None
            feed_id = self._next_of(name, now)
            if feed_id is not None:
                taken.append(self._feeds[feed_id])
            self._enlist(name, now)
        return tuple(taken)

    def done(self, feed_id: str, next_at: datetime, now: datetime) -> None:
        """The poll of this feed ended."""
        name = self._in_flight.pop(feed_id)
        self._domains[name].in_flight -= 1
        self._enlist(name, now)
        again = feed_id in self._again
        self._again.discard(feed_id)
        self.plan(feed_id, now if again else next_at)

    def next_at(self) -> datetime | None:
        """When `take` may next have something; None if that is only after a `done` or a `plan`."""
        if len(self._in_flight) >= self._concurrency:
            return None
        moments = [heap[0][0] for heap in (self._waiting, self._resting) if heap]
        if self._ready and self._latest is not None:
            moments.append(self._latest)
        return min(moments, default=None)

    def _forget_idle_domains(self) -> None:
        """Domains in which nothing is watched may be held too: addresses of pages come from strangers."""
        now = self._latest
        if now is None:
            return
        idle = [
            name
            for name, there in self._domains.items()
            if there.place is None
            and not there.due
            and not there.in_flight
            and (there.free_at is None or there.free_at <= now)
        ]
        for name in idle:
            del self._domains[name]

    def _queue_due(self, now: datetime) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            at, feed_id = heapq.heappop(self._waiting)
            if self._times.get(feed_id) == at:
                del self._times[feed_id]
                name = self._domain_of(self._feeds[feed_id])
                self._queued[feed_id] = at
                heapq.heappush(self._domains.setdefault(name, _Domain()).due, (at, feed_id))
                self._enlist(name, now)

    def _next_of(self, name: str, now: datetime) -> str | None:
        """The next feed of this domain, now in flight; None if it may not start or all of them are gone."""
        there = self._domains[name]
        if there.in_flight >= self._per_domain or (there.free_at is not None and there.free_at > now):
            return None
        while there.due:
            at, feed_id = heapq.heappop(there.due)
            if self._queued.get(feed_id) == at:
                del self._queued[feed_id]
                self._in_flight[feed_id] = name
                there.in_flight += 1
                there.free_at = now + self._pause
                return feed_id
        return None

    def _enlist(self, name: str, now: datetime) -> None:
        """Put the domain where it belongs; one without work or place is nowhere until that changes."""
        there = self._domains[name]
        if there.place is not None:
            return
        if not there.due:
            if not there.in_flight and (there.free_at is None or there.free_at <= now):
                del self._domains[name]
        elif there.in_flight < self._per_domain:
            if there.free_at is None or there.free_at <= now:
                there.place = "ready"
                self._ready.append(name)
            else:
                there.place = "resting"
                heapq.heappush(self._resting, (there.free_at, name))

    def _mind_the_clock(self, now: datetime) -> None:
        latest, self._latest = self._latest, now
        if latest is None or latest - now <= _BACK:
            return
        back = latest - now
        self._times = {feed_id: at - back for feed_id, at in self._times.items()}
        self._waiting = [(at, feed_id) for feed_id, at in self._times.items()]
        heapq.heapify(self._waiting)
        self._resting = [(at - back, name) for at, name in self._resting]
        for there in self._domains.values():
            there.free_at = there.free_at - back if there.free_at is not None else None
