"""A log file with a clock that only moves when told."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.bus.embedded import EmbeddedStream, Timings
from shared.ports import OutgoingRecord, StreamRecord, TopicPartition, TopicSpec

TOPIC = "stories"
GROUP = "tag"
# Nothing by itself: the tests call `hold`, and a poll that is not woken oversleeps.
TIMINGS = Timings(
    lease=timedelta(seconds=15),
    renew=timedelta(minutes=5),
    drain=timedelta(seconds=20),
    recheck=timedelta(minutes=5),
)
NO_WAIT = timedelta(0)


@dataclass(slots=True)
class ManualClock:
    now: datetime = field(default=datetime(2024, 10, 8, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        self.now += span


@asynccontextmanager
async def opened(
    path: Path, clock: ManualClock, *, partitions: int = 2, retention: timedelta | None = None
) -> AsyncIterator[EmbeddedStream]:
    """The log at `path` with TOPIC in it."""
    stream = EmbeddedStream(path, timings=TIMINGS, clock=clock)
    await stream.create_topics([TopicSpec(name=TOPIC, partitions=partitions, retention=retention)])
    try:
        yield stream
    finally:
        await stream.close()


async def publish(stream: EmbeddedStream, count: int, *, start: int = 0, topic: str = TOPIC) -> None:
    """Records with the values `start`, `start + 1`… and as many keys."""
    publisher = await stream.publisher()
    numbers = range(start, start + count)
    await publisher.publish([OutgoingRecord(topic=topic, key=f"k{n}", value=b"%d" % n) for n in numbers])


def positions(records: Sequence[StreamRecord]) -> dict[TopicPartition, int]:
    return {record.source: record.next_offset for record in records}


def sources(records: Sequence[StreamRecord]) -> set[TopicPartition]:
    return {record.source for record in records}
