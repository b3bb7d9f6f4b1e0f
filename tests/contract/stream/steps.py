"""What the tests of the suite do again and again, each step with a deadline."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from shared.ports import Consumer, Headers, OutgoingRecord, Stream, StreamRecord, TopicPartition

BRIEFLY = timedelta(milliseconds=200)
SOON = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A topic of one test, and names nobody else uses."""

    topic: str
    group: str
    partitions: int

    def record(self, key: str, value: bytes, headers: Headers = ()) -> OutgoingRecord:
        return OutgoingRecord(topic=self.topic, key=key, value=value, headers=headers)

    def numbered(self, count: int, *, keys: int = 20) -> list[OutgoingRecord]:
        """`count` records with the values 0, 1, 2… over `keys` keys."""
        return [self.record(f"key-{number % keys}", b"%d" % number) for number in range(count)]


async def publish(stream: Stream, records: Sequence[OutgoingRecord]) -> None:
    publisher = await stream.publisher()
    try:
        await publisher.publish(records)
    finally:
        await publisher.close()


@asynccontextmanager
async def member(stream: Stream, place: Place, *, group: str | None = None) -> AsyncIterator[Consumer]:
    """A member of the test's group (or of `group`) that leaves at the end."""
    consumer = await stream.consumer(group=group or place.group, topics=[place.topic])
    try:
        yield consumer
    finally:
        await consumer.close()


async def take(consumer: Consumer, count: int, *, within: timedelta = SOON) -> list[StreamRecord]:
    """Exactly `count` records; more in the last poll, or fewer within the time, is a failure."""
    taken: list[StreamRecord] = []
    async with asyncio.timeout(within.total_seconds()):
        while len(taken) < count:
            taken += await consumer.poll(max_records=count - len(taken), wait=timedelta(seconds=1))
    assert len(taken) == count
    return taken


async def settle(consumer: Consumer, records: Iterable[StreamRecord]) -> None:
    """Commit `records` as done."""
    await consumer.commit(next_positions(records))


def next_positions(records: Iterable[StreamRecord]) -> dict[TopicPartition, int]:
    return {record.source: record.next_offset for record in records}


def values(records: Iterable[StreamRecord]) -> list[int]:
    """The numbers of `Place.numbered`, sorted."""
    return sorted(int(record.value) for record in records)


def by_partition(records: Iterable[StreamRecord]) -> dict[int, list[StreamRecord]]:
    found: defaultdict[int, list[StreamRecord]] = defaultdict(list)
    for record in records:
        found[record.partition].append(record)
    return dict(found)


async def everything(stream: Stream, topic: str) -> list[StreamRecord]:
    return [record async for record in stream.browse(topic)]
