"""A rebalance waits for the batch in hand, and for nothing else."""

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.kafka.drain import Drain
from shared.ports import StreamRecord, TopicPartition

LONG = timedelta(seconds=30)
BRIEFLY = timedelta(milliseconds=20)
NOW = datetime(2024, 10, 21, tzinfo=UTC)
POSITIONS = st.dictionaries(st.integers(0, 3), st.integers(0, 20), min_size=1)


def record(partition: int, offset: int) -> StreamRecord:
    return StreamRecord(
        topic="work", partition=partition, offset=offset, key="", value=b"", headers=(), timestamp=NOW
    )


def position(partition: int, offset: int) -> dict[TopicPartition, int]:
    return {TopicPartition("work", partition): offset}


async def passes(drain: Drain) -> bool:
    """Would a rebalance go through now?"""
    waiting = asyncio.ensure_future(drain.on_partitions_revoked([]))
    try:
        await asyncio.wait({waiting}, timeout=0.005)
        return waiting.done()
    finally:
        waiting.cancel()


async def test_a_member_with_nothing_in_hand_lets_go_at_once() -> None:
    drain = Drain(LONG)
    drain.handed_out([])
    assert await passes(drain)


async def test_a_rebalance_waits_until_every_partition_in_hand_is_committed() -> None:
    drain = Drain(LONG)
    drain.handed_out([record(0, 4), record(0, 5), record(1, 8)])
    assert not await passes(drain)
    drain.committed(position(0, 6))
    assert not await passes(drain)
    drain.committed(position(1, 9))
    assert await passes(drain)


async def test_a_commit_of_part_of_a_batch_does_not_end_the_wait() -> None:
    drain = Drain(LONG)
    drain.handed_out([record(0, 4), record(0, 5)])
    drain.committed(position(0, 5))
    assert not await passes(drain)


async def test_work_given_up_holds_nobody() -> None:
    drain = Drain(LONG)
    drain.handed_out([record(0, 4)])
    drain.settled()
    assert await passes(drain)


async def test_a_waiting_rebalance_goes_on_with_the_commit() -> None:
    drain = Drain(LONG)
    drain.handed_out([record(0, 4)])
    revoking = asyncio.create_task(drain.on_partitions_revoked(["work-0"]))
    await asyncio.wait({revoking}, timeout=0.005)
    drain.committed(position(0, 5))
    await asyncio.wait_for(revoking, 10)


async def test_a_batch_that_takes_too_long_does_not_stop_the_group() -> None:
    drain = Drain(BRIEFLY)
    drain.handed_out([record(0, 4)])
    await asyncio.wait_for(drain.on_partitions_revoked(["work-0"]), 10)


@given(handed_out=POSITIONS, committed=POSITIONS)
def test_a_rebalance_goes_through_exactly_when_all_in_hand_is_committed(
    handed_out: dict[int, int], committed: dict[int, int]
) -> None:
    async def scenario() -> bool:
        drain = Drain(LONG)
        drain.handed_out([record(partition, offset) for partition, offset in handed_out.items()])
        for partition, next_offset in committed.items():
            drain.committed(position(partition, next_offset))
        return await passes(drain)

    done = all(committed.get(partition, 0) > offset for partition, offset in handed_out.items())
    assert asyncio.run(scenario()) == done
