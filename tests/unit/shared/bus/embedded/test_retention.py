"""Old records go, unless somebody still has to read them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.bus.embedded import EmbeddedStream
from shared.bus.embedded.retention import BATCH
from tests.unit.shared.bus.embedded.laboratory import (
    GROUP,
    NO_WAIT,
    TOPIC,
    ManualClock,
    opened,
    positions,
    publish,
)

RETENTION = timedelta(days=30)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def stream(tmp_path: Path, clock: ManualClock) -> AsyncIterator[EmbeddedStream]:
    async with opened(tmp_path / "stream.db", clock, retention=RETENTION) as stream:
        yield stream


async def held(stream: EmbeddedStream, topic: str = TOPIC) -> list[int]:
    return sorted([int(record.value) async for record in stream.browse(topic)])


async def until_held(stream: EmbeddedStream, expected: list[int]) -> None:
    async with asyncio.timeout(10):
        while await held(stream) != expected:
            pass  # reading the log is what takes the time


async def test_records_past_their_retention_are_deleted_however_many(
    stream: EmbeddedStream, clock: ManualClock
) -> None:
    await publish(stream, 3 * BATCH)
    clock.advance(RETENTION + timedelta(minutes=2))
    await publish(stream, 2, start=5000)
    await until_held(stream, [5000, 5001])


async def test_records_a_known_group_has_not_committed_stay(
    stream: EmbeddedStream, clock: ManualClock
) -> None:
    await publish(stream, 40)
    member = await stream.consumer(group=GROUP, topics=[TOPIC])
    done = await member.poll(max_records=15, wait=NO_WAIT)
    await member.commit(positions(done))
    await member.close()
    clock.advance(2 * RETENTION)
    await publish(stream, 1, start=100)
    rest = sorted({*range(40), 100} - {int(record.value) for record in done})
    await until_held(stream, rest)
    clock.advance(timedelta(minutes=2))
    await publish(stream, 1, start=101)
    assert await held(stream) == [*rest, 101]
    assert sum((await stream.lag(group=GROUP, topics=[TOPIC])).values()) == len(rest) + 1


async def test_a_group_that_comes_after_a_deletion_starts_at_what_is_left(
    stream: EmbeddedStream, clock: ManualClock
) -> None:
    await publish(stream, 40)
    clock.advance(2 * RETENTION)
    await publish(stream, 4, start=100)
    await until_held(stream, [100, 101, 102, 103])
    assert sum((await stream.lag(group="late", topics=[TOPIC])).values()) == 4
    late = await stream.consumer(group="late", topics=[TOPIC])
    records = await late.poll(max_records=100, wait=NO_WAIT)
    assert sorted(int(record.value) for record in records) == [100, 101, 102, 103]
    assert min(record.offset for record in records) > 0


async def test_a_topic_without_retention_keeps_everything(tmp_path: Path, clock: ManualClock) -> None:
    async with opened(tmp_path / "kept.db", clock) as stream:
        await publish(stream, 10)
        clock.advance(timedelta(days=3650))
        await publish(stream, 1, start=10)
        assert await held(stream) == list(range(11))


async def test_a_sweep_is_made_once_a_minute_at_most(stream: EmbeddedStream, clock: ManualClock) -> None:
    await publish(stream, 10)
    await held(stream)
    clock.advance(timedelta(seconds=59))
    await publish(stream, 1, start=10)
    assert stream._sweeping is None or stream._sweeping.done()
