"""An ingest service for tests: a real store and client, and a stream that can fail."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from services.ingest.parts import IngestParts
from services.ingest.policy import IngestPolicy
from services.ingest.poller import Poller
from shared.db import Database
from shared.errors import StreamUnavailableError
from shared.http.addresses import AddressPolicy
from shared.http.client import GuardedClient
from shared.metrics import Metrics
from shared.model.feed import Feed, FeedState
from shared.model.ids import feed_id
from shared.model.story import Story
from shared.ports import OutgoingRecord
from shared.store.domains import DomainStore
from shared.store.entries import EntryStore
from shared.store.feed_states import FeedStateStore
from shared.store.feeds import FeedStore
from shared.tables import metadata
from shared.workers import WorkerPool
from tests.unit.services.ingest.origin import Origin

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)


class FakePublisher:
    """Keeps what it is given, unless it is down; `refused` is set at each refusal."""

    def __init__(self) -> None:
        self.records: list[OutgoingRecord] = []
        self.down = False
        self.refused = asyncio.Event()
        self.before_publish: Callable[[], Awaitable[None]] | None = None

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        if self.before_publish is not None:
            await self.before_publish()
        if self.down:
            self.refused.set()
            raise StreamUnavailableError("down for the test")
        self.records.extend(records)

    async def close(self) -> None: ...

    @property
    def stories(self) -> list[Story]:
        return [msgspec.json.decode(record.value, type=Story) for record in self.records]


@dataclass(slots=True, kw_only=True)
class Desk:
    """The service's parts, its clock, and the server its feeds are on."""

    origin: Origin
    database: Database
    feeds: FeedStore
    states: FeedStateStore
    entries: EntryStore
    publisher: FakePublisher
    metrics: Metrics
    parts: IngestParts
    policy: IngestPolicy
    now: datetime = NOW

    def poller(self, policy: IngestPolicy | None = None) -> Poller:
        return Poller(replace(self.parts, clock=lambda: self.now), policy or self.policy)

    async def watch(self, path: str, *, interval: timedelta | None = None) -> Feed:
        url = self.origin.url(path)
        feed = Feed(id=feed_id(url), url=url, name=path, outlet="Sample", language=None, interval=interval)
        return await self.feeds.add(feed, self.now)

    async def state(self, feed: Feed) -> FeedState:
        return (await self.states.states([feed.id]))[feed.id]


@asynccontextmanager
async def open_desk(folder: Path, workers: WorkerPool) -> AsyncIterator[Desk]:
    async with _database(folder) as db, Origin() as origin:
        policy = AddressPolicy(allowed=frozenset({("127.0.0.1", origin.port)}))
        async with GuardedClient(policy=policy, user_agent="Pactwatch/test") as client:
            feeds, states, entries = FeedStore(db), FeedStateStore(db), EntryStore(db)
            publisher, metrics = FakePublisher(), Metrics()
            parts = IngestParts(
                feeds=feeds,
                states=states,
                entries=entries,
                publisher=publisher,
                client=client,
                workers=workers,
                metrics=metrics,
                clock=lambda: NOW,
                random=lambda: 0.5,
                domains=DomainStore(db),
            )
            yield Desk(
                origin=origin,
                database=db,
                feeds=feeds,
                states=states,
                entries=entries,
                publisher=publisher,
                metrics=metrics,
                parts=parts,
                policy=IngestPolicy(total=timedelta(seconds=5), reload=timedelta(seconds=0.05)),
            )


@asynccontextmanager
async def _database(folder: Path) -> AsyncIterator[Database]:
    db = Database(f"sqlite+aiosqlite:///{folder / 'desk.db'}")
    try:
        async with db.write() as connection:
            await connection.run_sync(metadata.create_all)
        yield db
    finally:
        await db.close()
