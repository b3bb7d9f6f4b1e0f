"""Leases, drains and fences of consumer groups, on a clock that moves when told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.bus.embedded import EmbeddedStream
from shared.errors import CommitRefusedError, PermanentError, StreamUnavailableError
from shared.ports import TopicPartition
from tests.unit.shared.bus.embedded.laboratory import (
    GROUP,
    NO_WAIT,
    TIMINGS,
    TOPIC,
    ManualClock,
    opened,
    positions,
    publish,
    sources,
)

BOTH = {TopicPartition(TOPIC, 0), TopicPartition(TOPIC, 1)}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def stream(tmp_path: Path, clock: ManualClock) -> AsyncIterator[EmbeddedStream]:
    async with opened(tmp_path / "stream.db", clock) as stream:
        yield stream


async def test_a_partition_moves_only_when_its_owner_has_committed_what_it_polled(
    stream: EmbeddedStream,
) -> None:
    await publish(stream, 40)
    one = await stream.consumer(group=GROUP, topics=[TOPIC])
    at_hand = await one.poll(max_records=100, wait=NO_WAIT)
    other = await stream.consumer(group=GROUP, topics=[TOPIC])
    await publish(stream, 40, start=40)
    assert not await other.poll(max_records=100, wait=NO_WAIT)
    kept = sources(await one.poll(max_records=100, wait=NO_WAIT))
    assert len(kept) == 1, "a draining partition gives no new records"
    await one.commit(positions(at_hand))
    moved = await other.poll(max_records=100, wait=NO_WAIT)
    assert sources(moved) == BOTH - kept
    assert min(record.offset for record in moved) == positions(at_hand)[moved[0].source]


async def test_signs_of_life_and_partial_commits_do_not_hand_over_what_is_at_hand(
    stream: EmbeddedStream,
) -> None:
    await publish(stream, 40)
    one = await stream.consumer(group=GROUP, topics=[TOPIC])
    at_hand = await one.poll(max_records=100, wait=NO_WAIT)
    other = await stream.consumer(group=GROUP, topics=[TOPIC])
    await one.hold()
    await one.commit(dict.fromkeys(BOTH, 1))
    assert not await other.poll(max_records=100, wait=NO_WAIT)
    await one.commit(positions(at_hand))
    assert not any((await stream.lag(group=GROUP, topics=[TOPIC])).values())


async def test_an_heir_that_waits_is_woken_by_the_commit_that_hands_over(stream: EmbeddedStream) -> None:
    await publish(stream, 40)
    one = await stream.consumer(group=GROUP, topics=[TOPIC])
    at_hand = await one.poll(max_records=30, wait=NO_WAIT)
    assert sources(at_hand) == BOTH
    other = await stream.consumer(group=GROUP, topics=[TOPIC])
    waiting = asyncio.create_task(other.poll(max_records=100, wait=timedelta(minutes=1)))
    assert not (await asyncio.wait([waiting], timeout=0.2))[0]
    await one.commit(positions(at_hand))
    async with asyncio.timeout(5):
        rest = [*await waiting, *await one.poll(max_records=100, wait=NO_WAIT)]
    assert len(rest) == 10


async def test_a_member_commits_nothing_of_a_partition_it_never_had(stream: EmbeddedStream) -> None:
    await publish(stream, 40)
    owner = await stream.consumer(group=GROUP, topics=[TOPIC])
    at_hand = await owner.poll(max_records=100, wait=NO_WAIT)
    other = await stream.consumer(group=GROUP, topics=[TOPIC])
    with pytest.raises(CommitRefusedError):
        await other.commit(positions(at_hand))
    assert sum((await stream.lag(group=GROUP, topics=[TOPIC])).values()) == 40


async def test_an_idle_owner_lets_go_at_its_next_sign_of_life(stream: EmbeddedStream) -> None:
    one = await stream.consumer(group=GROUP, topics=[TOPIC])
    assert not await one.poll(max_records=100, wait=NO_WAIT)
    other = await stream.consumer(group=GROUP, topics=[TOPIC])
    await one.hold()
    await publish(stream, 40)
    assert len(sources(await other.poll(max_records=100, wait=NO_WAIT))) == 1


async def test_rewinding_lets_a_draining_partition_go(stream: EmbeddedStream) -> None:
    await publish(stream, 40)
    one = await stream.consumer(group=GROUP, topics=[TOPIC])
    await one.poll(max_records=100, wait=NO_WAIT)
    other = await stream.consumer(group=GROUP, topics=[TOPIC])
    await one.rewind()
    mine = await one.poll(max_records=100, wait=NO_WAIT)
    theirs = await other.poll(max_records=100, wait=NO_WAIT)
    assert len(mine) + len(theirs) == 40
    assert sources(mine).isdisjoint(sources(theirs))


async def test_an_owner_that_takes_for_ever_loses_the_partition_at_the_drain_deadline(
    stream: EmbeddedStream, clock: ManualClock
) -> None:
    await publish(stream, 40)
    slow = await stream.consumer(group=GROUP, topics=[TOPIC])
    at_hand = await slow.poll(max_records=100, wait=NO_WAIT)
    other = await stream.consumer(group=GROUP, topics=[TOPIC])
    for _ in range(2):
        clock.advance(TIMINGS.drain / 2)
        await slow.hold()
        await other.hold()
    moved = await other.poll(max_records=100, wait=NO_WAIT)
    assert len(sources(moved)) == 1
    with pytest.raises(CommitRefusedError, match=r"stories\["):
        await slow.commit(positions(at_hand))
    lag = await stream.lag(group=GROUP, topics=[TOPIC])
    assert lag[moved[0].source] == len(moved), "what was refused is not stored"
    assert sum(lag.values()) == len(moved), "what the member still owned is stored"


async def test_a_member_silent_for_longer_than_its_lease_loses_everything(
    stream: EmbeddedStream, clock: ManualClock
) -> None:
    await publish(stream, 40)
    silent = await stream.consumer(group=GROUP, topics=[TOPIC])
    at_hand = await silent.poll(max_records=100, wait=NO_WAIT)
    clock.advance(TIMINGS.lease)
    heir = await stream.consumer(group=GROUP, topics=[TOPIC])
    assert len(await heir.poll(max_records=100, wait=NO_WAIT)) == 40
    with pytest.raises(CommitRefusedError):
        await silent.commit(positions(at_hand))


async def test_a_member_declared_dead_joins_again_by_itself_and_starts_at_the_commit(
    stream: EmbeddedStream, clock: ManualClock
) -> None:
    await publish(stream, 40)
    silent = await stream.consumer(group=GROUP, topics=[TOPIC])
    await silent.poll(max_records=100, wait=NO_WAIT)
    clock.advance(TIMINGS.lease)
    heir = await stream.consumer(group=GROUP, topics=[TOPIC])
    await heir.close()
    assert len(await silent.poll(max_records=100, wait=NO_WAIT)) == 40


async def test_a_lone_member_that_slept_past_its_lease_goes_on_as_if_nothing_had_happened(
    stream: EmbeddedStream, clock: ManualClock
) -> None:
    await publish(stream, 40)
    member = await stream.consumer(group=GROUP, topics=[TOPIC])
    at_hand = await member.poll(max_records=10, wait=NO_WAIT)
    clock.advance(timedelta(days=1))
    await member.hold()
    await member.commit(positions(at_hand))
    assert len(await member.poll(max_records=100, wait=NO_WAIT)) == 30


async def test_work_of_an_earlier_ownership_is_refused_though_the_partition_came_back(
    stream: EmbeddedStream, clock: ManualClock
) -> None:
    await publish(stream, 40)
    silent = await stream.consumer(group=GROUP, topics=[TOPIC])
    at_hand = await silent.poll(max_records=100, wait=NO_WAIT)
    clock.advance(TIMINGS.lease)
    heir = await stream.consumer(group=GROUP, topics=[TOPIC])
    await heir.close()
    await silent.hold()
    with pytest.raises(CommitRefusedError):
        await silent.commit(positions(at_hand))


async def test_a_clock_that_goes_back_does_not_keep_the_dead_alive(
    stream: EmbeddedStream, clock: ManualClock
) -> None:
    await publish(stream, 40)
    await stream.consumer(group=GROUP, topics=[TOPIC])
    clock.advance(timedelta(hours=-5))
    heir = await stream.consumer(group=GROUP, topics=[TOPIC])
    assert len(await heir.poll(max_records=100, wait=NO_WAIT)) == 40


async def test_a_position_never_goes_back(stream: EmbeddedStream) -> None:
    await publish(stream, 40)
    member = await stream.consumer(group=GROUP, topics=[TOPIC])
    done = positions(await member.poll(max_records=100, wait=NO_WAIT))
    await member.commit(done)
    await member.commit(dict.fromkeys(done, 0))
    assert not any((await stream.lag(group=GROUP, topics=[TOPIC])).values())


async def test_a_position_past_the_end_is_refused_whole(stream: EmbeddedStream) -> None:
    await publish(stream, 40)
    member = await stream.consumer(group=GROUP, topics=[TOPIC])
    done = positions(await member.poll(max_records=100, wait=NO_WAIT))
    with pytest.raises(PermanentError, match="past its end"):
        await member.commit(done | {TopicPartition(TOPIC, 1): 1000})
    assert sum((await stream.lag(group=GROUP, topics=[TOPIC])).values()) == 40


async def test_a_full_partition_does_not_starve_the_others(tmp_path: Path, clock: ManualClock) -> None:
    async with opened(tmp_path / "three.db", clock, partitions=3) as stream:
        await publish(stream, 300)
        member = await stream.consumer(group=GROUP, topics=[TOPIC])
        first_three = [await member.poll(max_records=20, wait=NO_WAIT) for _ in range(3)]
        assert len({record.source for records in first_three for record in records}) == 3


async def test_a_closed_member_says_that_it_is_closed(stream: EmbeddedStream) -> None:
    member = await stream.consumer(group=GROUP, topics=[TOPIC])
    await member.close()
    await member.close()
    for call in (member.poll(max_records=1, wait=NO_WAIT), member.commit({}), member.hold()):
        with pytest.raises(StreamUnavailableError, match="closed"):
            await call
