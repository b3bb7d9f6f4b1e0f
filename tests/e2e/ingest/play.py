"""A desk that reads the scripted origin by a clock of the test's: days pass in seconds."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from pathlib import Path
from random import Random
from typing import TypeVar

import msgspec

from services.ingest.policy import IngestPolicy
from services.ingest.poller import Poller
from shared.messages import FEED_EVENT, STORY, Contract
from shared.model.feed import Feed, FeedState, Poll
from shared.model.health import FeedEvent
from shared.model.ids import feed_id
from shared.model.story import Story
from shared.store.feed_states import FeedStateStore
from shared.store.feeds import FeedStore
from shared.workers import WorkerPool
from tests.origin.newsroom import Etags, Newsroom, Step
from tests.origin.server import Host, OriginServer
from tests.unit.services.ingest.desk import Desk, open_desk

T = TypeVar("T")
SHOWN = 40
"""How many entries a feed holds."""


@dataclass(slots=True, kw_only=True)
class Play:
    """The desk, the origin, the poller of now, and every poll it made here."""

    desk: Desk
    origin: OriginServer
    poller: Poller
    polls: list[Poll] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.desk.now

    def pass_time(self, **units: float) -> None:
        self.desk.now += timedelta(**units)

    def restart(self, policy: IngestPolicy | None = None) -> None:
        """A new poller on the same database, as after a crash."""
        self.poller = self.desk.poller(policy)

    async def watch(
        self, host: str, answers: Host, *, outlet: str | None = None, interval: timedelta | None = None
    ) -> Feed:
        """Put this host on the origin and its feed under watch; the outlet is named after the host."""
        self.origin.hosts[host] = answers
        url = self.origin.url(host)
        feed = Feed(
            id=feed_id(url), url=url, name=host, outlet=outlet or host, language=None, interval=interval
        )
        return await FeedStore(self.desk.database).add(feed, self.now)

    async def newsroom(
        self,
        host: str = "www.sample-desk.example",
        *,
        etags: Etags = "honest",
        script: Sequence[Step] = (),
        interval: timedelta | None = None,
    ) -> tuple[Newsroom, Feed]:
        """A publisher on this host and its feed, watched."""
        newsroom = Newsroom(etags=etags, script=script, keeps=SHOWN)
        return newsroom, await self.watch(host, newsroom, interval=interval)

    async def poll(self, feed: Feed) -> Poll:
        """Poll now, whether it is time or not."""
        poll = await self.poller.poll_once(feed)
        self.polls.append(poll)
        return poll

    async def state(self, feed: Feed) -> FeedState:
        """What is known of the feed; KeyError before its first poll."""
        return (await self.states.states([feed.id]))[feed.id]

    async def on_time(self, *feeds: Feed, lasting: timedelta) -> None:
        """Poll each feed whenever it is due, until so much time has passed."""
        end = self.now + lasting
        known = await self.states.states([feed.id for feed in feeds])
        due = [(known[f.id].next_poll_at if f.id in known else self.now, f.id, f) for f in feeds]
        heapify(due)
        while due and due[0][0] <= end:
            at, _, feed = heappop(due)
            self.desk.now = max(self.now, at)
            await self.poll(feed)
            at = (await self.state(feed)).next_poll_at
            assert at > self.now, "due again at once"
            heappush(due, (at, feed.id, feed))
        self.desk.now = end

    @property
    def states(self) -> FeedStateStore:
        return FeedStateStore(self.desk.database)

    @property
    def stories(self) -> list[Story]:
        """What was published, in order, repeats included."""
        return list(self._published(STORY))

    @property
    def events(self) -> list[FeedEvent]:
        """The feed events published, in order, repeats left out."""
        return list({event.id: event for event in self._published(FEED_EVENT)}.values())

    def _published(self, contract: Contract[T]) -> Iterable[T]:
        for record in self.desk.publisher.records:
            if record.topic == contract.topic:
                yield msgspec.json.decode(record.value, type=contract.model)


@asynccontextmanager
async def open_play(folder: Path, workers: WorkerPool, seed: int = 1) -> AsyncIterator[Play]:
    """An empty database, an empty origin, and a poller whose chance comes from the seed."""
    async with (
        open_desk(folder, workers) as desk,
        OriginServer(clock=lambda: desk.now) as origin,
        origin.client() as client,
    ):
        desk.parts = replace(desk.parts, client=client, random=Random(seed).random)
        yield Play(desk=desk, origin=origin, poller=desk.poller())
