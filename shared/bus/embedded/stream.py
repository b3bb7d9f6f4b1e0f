"""The embedded stream engine: a durable log in one SQLite file, for the processes of one machine."""

import asyncio
import contextlib
import sqlite3
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog

from shared.bus.embedded import log, retention, schema
from shared.bus.embedded.bell import Bell, bell_folder
from shared.bus.embedded.consumer import EmbeddedConsumer
from shared.bus.embedded.file import LogFile
from shared.bus.embedded.groups import Member
from shared.bus.embedded.publisher import EmbeddedPublisher
from shared.bus.embedded.timings import Timings
from shared.errors import StreamUnavailableError
from shared.model.times import Clock, utc_now
from shared.ports import StreamRecord, TopicPartition, TopicSpec

BUSY = timedelta(seconds=30)
CHECK_SECONDS = 5
BROWSE_RECORDS = 100

_log = structlog.get_logger()


class EmbeddedStream:
    """Implements `shared.ports.Stream`. Make one per process; it belongs to one event loop."""

    def __init__(
        self, path: Path, *, timings: Timings | None = None, clock: Clock = utc_now, busy: timedelta = BUSY
    ) -> None:
        """Nothing is opened yet. `busy` is how long to wait for other processes' transactions."""
        self._file = LogFile(path, partial(schema.connect, busy=busy))
        self._bell = Bell(bell_folder(path))
        self._timings = timings or Timings()
        self._clock = clock
        self._consumers: set[EmbeddedConsumer] = set()
        self._sweeping: asyncio.Task[None] | None = None
        self._swept = clock() - self._timings.sweep

    async def create_topics(self, specs: Sequence[TopicSpec]) -> None:
        await self._file.write(partial(log.create_topics, specs=tuple(specs)))

    async def publisher(self) -> EmbeddedPublisher:
        return EmbeddedPublisher(
            file=self._file, bell=self._bell, clock=self._clock, on_published=self._sweep_when_due
        )

    async def consumer(self, *, group: str, topics: Sequence[str]) -> EmbeddedConsumer:
        """As the port says; PermanentError when a topic does not exist."""
        member = Member(id=uuid.uuid4().hex, group=group, topics=tuple(topics), timings=self._timings)
        consumer = EmbeddedConsumer(
            member, file=self._file, bell=self._bell, clock=self._clock, on_close=self._consumers.discard
        )
        await consumer.join()
        self._consumers.add(consumer)
        return consumer

    async def browse(self, topic: str) -> AsyncIterator[StreamRecord]:
        """As the port says, partition by partition; PermanentError when the topic does not exist."""
        found = await self._file.read(partial(log.extents, topics=(topic,)))
        for extent in found[topic]:
            position = extent.first
            while position < extent.end:
                page = await self._file.read(partial(_page, extent=extent, start=position))
                if not page:
                    break
                for record in page:
                    yield record
                position = page[-1].next_offset

    async def lag(self, *, group: str, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
        return await self._file.read(partial(log.lag, group=group, topics=tuple(topics)))

    async def check(self) -> None:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._file.read(_touch)
        except TimeoutError as error:
            raise StreamUnavailableError(f"no answer within {CHECK_SECONDS} s") from error

    async def close(self) -> None:
        """Leave all groups and close the file; bounded in time, never raises."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        for consumer in tuple(self._consumers):
            await consumer.close()
        self._bell.close()
        await self._file.close()

    def _sweep_when_due(self) -> None:
        now = self._clock()
        if now - self._swept >= self._timings.sweep and (self._sweeping is None or self._sweeping.done()):
            self._swept = now
            self._sweeping = asyncio.create_task(self._sweep())

    async def _sweep(self) -> None:
        deleted = 0
        with contextlib.suppress(StreamUnavailableError):  # the next sweep goes on where this one stopped
            while batch := await self._file.write(partial(retention.sweep, now=self._clock())):
                deleted += batch
        if deleted:
            _log.info("stream_swept", records=deleted)


def _page(connection: sqlite3.Connection, *, extent: log.Extent, start: int) -> Sequence[StreamRecord]:
    limit = min(BROWSE_RECORDS, extent.end - start)
    return tuple(log.read(connection, extent.id, extent.source, start=start, limit=limit))


def _touch(connection: sqlite3.Connection) -> None:
    connection.execute("SELECT count(*) FROM topics").fetchone()
