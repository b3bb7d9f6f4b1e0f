"""A poller as its composition root builds it, on files of its own: nowhere else here are its parts known."""

import random
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.ingest.parts import IngestParts
from services.ingest.policy import IngestPolicy
from services.ingest.poller import Poller
from shared.bus.embedded import EmbeddedStream
from shared.db import Database
from shared.http.addresses import AddressPolicy
from shared.http.client import GuardedClient
from shared.metrics import Metrics
from shared.model.feed import Feed
from shared.model.ids import feed_id
from shared.model.times import Clock
from shared.store.domains import DomainStore
from shared.store.entries import EntryStore
from shared.store.feed_states import FeedStateStore
from shared.store.feeds import FeedStore
from shared.tables import metadata
from shared.topics import topic_specs
from shared.workers import WorkerPool
from tests.bench.polling.hosts import host, raise_file_limit

WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """What a bench needs of an ingest service, all of it real: stream, database, client and workers."""

    database: Database
    store: FeedStore
    metrics: Metrics
    parts: IngestParts

    def poller(self, policy: IngestPolicy) -> Poller:
        return Poller(self.parts, policy)

    async def watch(self, urls: Iterable[str], clock: Clock) -> None:
        """Add the feeds, each of an outlet of its own."""
        feeds = [
            Feed(id=feed_id(url), url=url, name=url, outlet=f"Sample {number}", language=None)
            for number, url in enumerate(urls)
        ]
        await self.store.add_all(feeds, clock())

    def polls(self) -> int:
        """How many polls have ended since the start."""
        return sum(
            int(sample.value)
            for metric in self.metrics.feed_polls.collect()
            for sample in metric.samples
            if sample.name.endswith("_total")
        )


@asynccontextmanager
async def open_newsroom(folder: Path, *, hosts: int, port: int, clock: Clock) -> AsyncIterator[Newsroom]:
    """A newsroom on files in `folder`, which may ask the first `hosts` addresses on `port`."""
    raise_file_limit()
    allowed = frozenset((host(number), port) for number in range(hosts))
    async with AsyncExitStack() as stack:
        database = Database(f"sqlite+aiosqlite:///{folder / 'pactwatch.db'}")
        stack.push_async_callback(database.close)
        async with database.write() as connection:
            await connection.run_sync(metadata.create_all)
        stream = EmbeddedStream(folder / "stream.db")
        stack.push_async_callback(stream.close)
        await stream.create_topics(topic_specs(6))
        client = await stack.enter_async_context(
            GuardedClient(policy=AddressPolicy(allowed=allowed), user_agent="Pactwatch/bench")
        )
        workers = WorkerPool(workers=WORKERS, memory_bytes=2 * 1024**3)
        stack.push_async_callback(workers.close)
        store, metrics = FeedStore(database), Metrics()
        parts = IngestParts(
            feeds=store,
            states=FeedStateStore(database),
            entries=EntryStore(database),
            domains=DomainStore(database),
            publisher=await stream.publisher(),
            client=client,
            workers=workers,
            metrics=metrics,
            clock=clock,
            random=random.random,
        )
        yield Newsroom(database=database, store=store, metrics=metrics, parts=parts)
