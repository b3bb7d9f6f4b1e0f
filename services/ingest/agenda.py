"""Which feed is polled next: due ones in order of time, few at once, fewer per host. Pure."""

import heapq
from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime

from services.ingest.addresses import host_of
from shared.model.feed import Feed


class Agenda:
    """Feeds and when each is due. A feed that was taken is not due again before it is done."""

    def __init__(self, *, concurrency: int, per_host: int) -> None:
        self._concurrency = concurrency
        self._per_host = per_host
        self._feeds: dict[str, Feed] = {}
        self._times: dict[str, datetime] = {}
        self._waiting: list[tuple[datetime, str]] = []  # a heap; entries that differ from `_times` are void
        self._due: deque[str] = deque()
        self._in_flight: dict[str, str] = {}
        self._hosts: Counter[str] = Counter()

    def watch(self, feeds: Iterable[Feed]) -> tuple[str, ...]:
        """Watch exactly these feeds from now on; gives the ids of those not watched before, to `plan`."""
        before, self._feeds = self._feeds, {feed.id: feed for feed in feeds}
        for gone in before.keys() - self._feeds.keys():
            self._times.pop(gone, None)
        self._due = deque(feed_id for feed_id in self._due if feed_id in self._feeds)
        return tuple(feed_id for feed_id in self._feeds if feed_id not in before)

    def plan(self, feed_id: str, at: datetime) -> None:
        """Poll this feed at that time, unless it is in flight."""
        if feed_id not in self._in_flight and feed_id in self._feeds:
            self._times[feed_id] = at
            heapq.heappush(self._waiting, (at, feed_id))

    def take(self, now: datetime) -> tuple[Feed, ...]:
        """The due feeds that may start now."""
        while self._waiting and self._waiting[0][0] <= now:
            at, feed_id = heapq.heappop(self._waiting)
            if self._times.get(feed_id) == at:
                del self._times[feed_id]
                self._due.append(feed_id)
        taken: list[str] = []
        held: list[str] = []
        while self._due and len(self._in_flight) < self._concurrency:
            feed_id = self._due.popleft()
            (taken if self._started(feed_id) else held).append(feed_id)
        self._due.extendleft(reversed(held))
        return tuple(self._feeds[feed_id] for feed_id in taken)

    def done(self, feed_id: str, next_at: datetime) -> None:
        """The poll of this feed ended."""
        self._hosts[self._in_flight.pop(feed_id)] -= 1
        self.plan(feed_id, next_at)

    def next_at(self) -> datetime | None:
        """When the next feed becomes due that is not yet."""
        return self._waiting[0][0] if self._waiting else None

    def _started(self, feed_id: str) -> bool:
        host = host_of(self._feeds[feed_id].url)
        if self._hosts[host] >= self._per_host:
            return False
        self._in_flight[feed_id] = host
        self._hosts[host] += 1
        return True
