"""How the members of a group share the partitions, come, go and die."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.errors import CommitRefusedError
from shared.ports import Consumer, Stream, StreamRecord
from tests.contract.stream.children import child
from tests.contract.stream.engines import Engine
from tests.contract.stream.steps import (
    BRIEFLY,
    Place,
    by_partition,
    member,
    next_positions,
    publish,
    settle,
    take,
    values,
)

LOAD = 2000


class Crew:
    """Members that handle records until `total` are handled, committing each batch as done."""

    def __init__(self, total: int) -> None:
        self.handled: list[StreamRecord] = []
        self.shares: Counter[str] = Counter()
        self._total = total
        self._progress = asyncio.Condition()

    async def work(self, name: str, consumer: Consumer, *, batch: int = 20) -> None:
        while len(self.handled) < self._total:
            records = await consumer.poll(max_records=batch, wait=BRIEFLY)
            if records:
                await settle(consumer, records)
                async with self._progress:
                    self.handled += records
                    self.shares[name] += len(records)
                    self._progress.notify_all()

    async def until(self, count: int) -> None:
        async with self._progress:
            await self._progress.wait_for(lambda: len(self.handled) >= count)


async def both_own(one: Consumer, other: Consumer, stream: Stream, place: Place, within: timedelta) -> None:
    """Publish and handle until each member has seen a record of its own."""
    seen: dict[Consumer, int] = {one: 0, other: 0}
    async with asyncio.timeout(within.total_seconds()):
        while not all(seen.values()):
            await publish(stream, place.numbered(40))
            for consumer in seen:
                records = await consumer.poll(max_records=100, wait=BRIEFLY)
                await settle(consumer, records)
                seen[consumer] += len(records)
        while any((await stream.lag(group=place.group, topics=[place.topic])).values()):
            for consumer in seen:
                await settle(consumer, await consumer.poll(max_records=100, wait=BRIEFLY))


async def test_two_members_share_the_partitions_and_see_everything_once(
    under_test: Engine, open_stream: Callable[[], Stream], stream: Stream, place: Place
) -> None:
    async with member(stream, place) as one, member(open_stream(), place) as other:
        await both_own(one, other, stream, place, under_test.settling * 2)
        await publish(stream, place.numbered(100))
        crew = Crew(100)
        async with asyncio.timeout(60):
            await asyncio.gather(crew.work("one", one), crew.work("other", other))
    assert values(crew.handled) == list(range(100))
    assert min(crew.shares.values()) > 0


@pytest.mark.timeout(180)
async def test_under_load_a_late_member_gets_its_share_and_nothing_is_lost_or_doubled(
    open_stream: Callable[[], Stream], stream: Stream, place: Place
) -> None:
    records = place.numbered(LOAD, keys=200)
    crew = Crew(LOAD)
    publisher = await stream.publisher()
    await publisher.publish(records[:500])
    async with asyncio.timeout(120), asyncio.TaskGroup() as tasks, member(stream, place) as early:
        tasks.create_task(crew.work("early", early))
        await crew.until(300)
        async with member(open_stream(), place) as late:
            tasks.create_task(crew.work("late", late))
            for start in range(500, LOAD, 100):
                await publisher.publish(records[start : start + 100])
                await crew.until(start - 200)
            await crew.until(LOAD)
            for consumer in (early, late):
                assert not await consumer.poll(max_records=10, wait=BRIEFLY)
    await publisher.close()
    assert values(crew.handled) == list(range(LOAD))
    assert crew.shares["late"] > 0
    assert sum((await stream.lag(group=place.group, topics=[place.topic])).values()) == 0


async def test_a_member_that_closes_hands_over_at_once(
    under_test: Engine, open_stream: Callable[[], Stream], stream: Stream, place: Place
) -> None:
    async with member(open_stream(), place) as staying:
        async with member(stream, place) as leaving:
            await both_own(leaving, staying, stream, place, under_test.settling * 2)
            await publish(stream, place.numbered(40))
            await leaving.poll(max_records=5, wait=timedelta(seconds=1))
        crew = Crew(40)
        async with asyncio.timeout(under_test.settling.total_seconds()):
            await crew.work("staying", staying)
    assert values(crew.handled) == list(range(40))


@pytest.mark.timeout(240)
async def test_a_member_killed_while_handling_hands_over_what_it_had_not_committed(
    under_test: Engine, stream: Stream, place: Place
) -> None:
    await publish(stream, place.numbered(40))
    async with member(stream, place) as earlier:
        done = await take(earlier, 15)
        await settle(earlier, done)
    async with child(under_test, "read", place.topic, place.group) as doomed:
        assert await doomed.line() == ["joined"]
        await doomed.line()
        await doomed.kill()
        async with member(stream, place) as heir:
            rest = await take(heir, 25, within=under_test.silence)
    assert values([*done, *rest]) == list(range(40))


@pytest.mark.timeout(240)
async def test_a_commit_for_a_partition_that_moved_is_refused_and_changes_nothing(
    under_test: Engine, open_stream: Callable[[], Stream], stream: Stream, place: Place
) -> None:
    await publish(stream, place.numbered(40))
    async with member(stream, place) as slow:
        at_hand = by_partition(await take(slow, 40))
        async with member(open_stream(), place) as heir:
            moved: list[StreamRecord] = []
            async with asyncio.timeout(under_test.silence.total_seconds()):
                while not moved:
                    moved += await heir.poll(max_records=1, wait=timedelta(seconds=1))
            lost = at_hand[moved[0].partition]
            with pytest.raises(CommitRefusedError):
                await slow.commit(next_positions(lost))
            lag = await stream.lag(group=place.group, topics=[place.topic])
            assert lag[moved[0].source] == len(lost)


async def test_a_member_more_than_partitions_gets_nothing_and_disturbs_nobody(
    under_test: Engine, stream: Stream, place: Place
) -> None:
    async with member(stream, place) as worker:
        await publish(stream, place.numbered(10))
        await settle(worker, await take(worker, 10))
        async with asyncio.timeout(under_test.silence.total_seconds()):
            crowd = [await stream.consumer(group=place.group, topics=[place.topic]) for _ in range(5)]
            await publish(stream, place.numbered(40))
            crew = Crew(40)
            everyone = [worker, *crowd]
            await asyncio.gather(*(crew.work(str(n), consumer) for n, consumer in enumerate(everyone)))
        assert values(crew.handled) == list(range(40))
        for consumer in crowd:
            await consumer.close()
