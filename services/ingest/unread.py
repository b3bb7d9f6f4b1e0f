"""Telling of feeds that were not read for too long: time passes without polls too."""

from collections.abc import Iterable

from services.ingest.judging.health import change_of
from services.ingest.knowledge import Knowledge
from services.ingest.outgoing import outgoing
from services.ingest.parts import IngestParts
from services.ingest.settling import overdue
from shared.model.feed import Feed, FeedState
from shared.model.health import FeedEvent
from shared.patience import Patience


class UnreadFeeds:
    """Looks for them again and again; says nothing while we could not read any feed ourselves."""

    def __init__(self, parts: IngestParts, knowledge: Knowledge, patience: Patience) -> None:
        self._parts = parts
        self._knowledge = knowledge
        self._patience = patience

    async def look_over(self, feeds: Iterable[Feed]) -> None:
        """Tell which of these feeds are unread for too long; acknowledged and stored when this returns."""
        for feed in feeds:
            if self._patience.waiting_for is None:
                self._knowledge.network.here(self._parts.clock())
                await self.look_at(feed)

    async def look_at(self, feed: Feed) -> None:
        """The same for one of them."""
        if self._overdue(feed) is None:
            return
        async with self._knowledge.turn(feed.id):
            found = self._overdue(feed)  # a poll may have ended while we waited for our turn
            if found is None:
                return
            after, event = found
            records = outgoing((), event, None, event.at)
            await self._patience.insist(lambda: self._parts.publisher.publish(records))
            await self._knowledge.record(after)
            self._parts.metrics.feed_events.labels(event.kind, event.health).inc()

    def _overdue(self, feed: Feed) -> tuple[FeedState, FeedEvent] | None:
        now, before = self._parts.clock(), self._knowledge.state(feed.id)
        if before is None or self._knowledge.network.outage is not None:
            return None
        after = overdue(feed, before, self._knowledge.circumstances(feed, now))
        event = change_of(feed, before, after, now)
        return None if event is None else (after, event)
