"""The replay: the sample archive's feeds, polled moment by moment, until everything they say has settled."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from services.demo.archive import Archive
from services.demo.clock import ReplayClock
from shared.db import Database
from shared.errors import TransientError
from shared.messages import STORY, decode
from shared.model.feed import Feed, Poll
from shared.ports import OutgoingRecord, Publisher, StreamRecord
from shared.store.alerts import AlertStore
from shared.tables import alerts, deliveries, story_revisions

LOOK_EVERY = timedelta(milliseconds=20)
SETTLE_LIMIT = timedelta(seconds=90)


@dataclass(slots=True)
class CountingPublisher:
    """Passes records on and remembers which story revisions they carried."""

    inner: Publisher
    published: set[tuple[str, int]] = field(default_factory=set)

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        """As the port says; counted once they are durable."""
        await self.inner.publish(records)
        for record in records:
            story = decode(STORY, _as_read(record))
            self.published.add((story.id, story.revision))

    async def close(self) -> None:
        await self.inner.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One step of the replay: when, and how many stories and alerts so far."""

    at: datetime
    stories: int
    alerts: int


def changes(archive: Archive) -> tuple[tuple[datetime, tuple[str, ...]], ...]:
    """Every moment at which feeds change, in order, and the outlets whose feeds do."""
    found: dict[datetime, set[str]] = {}
    for story in archive.stories:
        for moment in (story.published, *(revision.at for revision in story.revisions)):
            found.setdefault(moment, set()).add(story.outlet_id)
    return tuple((moment, tuple(sorted(found[moment]))) for moment in sorted(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Moves the clock from change to change, polls the feeds and waits until nothing is under way.

    Feeds are polled one after the other, so that the order of stories is the same on every machine.
    """

    archive: Archive
    clock: ReplayClock
    database: Database
    publisher: CountingPublisher
    feeds: Mapping[str, Feed]
    """By outlet id."""
    poll_once: Callable[[Feed], Awaitable[Poll]]

    async def run(self) -> AsyncIterator[Moment]:
        """Yields each moment once it has settled. Raises TransientError when it does not."""
        day: date | None = None
        for moment, outlets in changes(self.archive):
            if day is not None and moment.date() != day:
                await self._poll(self.feeds)  # once a day all of them: most answer that nothing changed
            day = moment.date()
            self.clock.move_to(moment)
            await self._poll(outlets)
            told = await AlertStore(self.database).count()
            yield Moment(at=moment, stories=len(self.publisher.published), alerts=told)

    async def _poll(self, outlets: Iterable[str]) -> None:
        for outlet in outlets:
            await self.poll_once(self.feeds[outlet])
            await self._settled()

    async def _settled(self) -> None:
        loop = asyncio.get_running_loop()
        limit = loop.time() + SETTLE_LIMIT.total_seconds()
        while not await self._is_settled():
            if loop.time() > limit:
                raise TransientError(f"the replay of {self.clock():%Y-%m-%d %H:%M} did not settle")
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def _is_settled(self) -> bool:
        async with self.database.read() as connection:
            revisions = await connection.scalar(sa.select(sa.func.count()).select_from(story_revisions))
            if revisions != len(self.publisher.published):
                return False
            told = await connection.scalar(sa.select(sa.func.count()).select_from(alerts))
            delivered = await connection.scalar(
                sa.select(sa.func.count()).where(deliveries.c.state == "delivered")
            )
        return told == delivered


def _as_read(record: OutgoingRecord) -> StreamRecord:
    return StreamRecord(
        topic=record.topic,
        partition=0,
        offset=0,
        key=record.key,
        value=record.value,
        headers=record.headers,
        timestamp=datetime.fromtimestamp(0, UTC),
    )
