"""Processes that publish to and read from one embedded log, killed with signal 9 at random moments."""

import asyncio
import os
import random
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from shared.ports import Stream, TopicSpec
from tests.contract.stream.children import Child, child
from tests.contract.stream.engines import Engine, engine
from tests.contract.stream.steps import Place, by_partition, everything, member, settle

RUNS = int(os.environ.get("PACTWATCH_CHAOS_RUNS", "3"))
PLACE = Place(topic="stories", group="tag", partitions=3)
GENERATIONS = 2


class Tally:
    """What children said before they died."""

    def __init__(self) -> None:
        self.acknowledged: list[str] = []
        self.delivered: set[tuple[int, int]] = set()
        self.awake = 0
        self._said = asyncio.Condition()

    async def listen_to_publisher(self, publisher: Child) -> None:
        while names := await publisher.line():
            async with self._said:
                self.acknowledged += map(str, names)
                self._said.notify_all()

    async def listen_to_reader(self, reader: Child) -> None:
        await reader.line()
        self.awake += 1
        while line := await reader.line():
            self.delivered.add((int(str(line[0])), int(str(line[1]))))

    async def more_acknowledged(self, count: int) -> None:
        goal = len(self.acknowledged) + count
        async with self._said:
            await self._said.wait_for(lambda: len(self.acknowledged) >= goal)


async def live_and_die(under_test: Engine, tally: Tally, dice: random.Random, generation: int) -> None:
    """Two publishers and two readers, killed one by one, a publisher last, while the others go on."""
    async with AsyncExitStack() as stack:
        publishers = [
            await stack.enter_async_context(
                child(under_test, "publish", PLACE.topic, f"{generation}-{number}")
            )
            for number in range(2)
        ]
        readers = [
            await stack.enter_async_context(child(under_test, "handle", PLACE.topic, PLACE.group))
            for _ in range(2)
        ]
        async with asyncio.TaskGroup() as listening:
            for publisher in publishers:
                listening.create_task(tally.listen_to_publisher(publisher))
            for reader in readers:
                listening.create_task(tally.listen_to_reader(reader))
            await tally.more_acknowledged(1)
            while tally.awake < len(readers) * (generation + 1):
                await tally.more_acknowledged(1)
            victims = [publishers[0], *readers]
            dice.shuffle(victims)
            for victim in [*victims, publishers[1]]:
                await tally.more_acknowledged(dice.randint(1, 700))
                victim.process.kill()


async def deliver_the_rest(under_test: Engine, stream: Stream, tally: Tally) -> None:
    async with member(stream, PLACE) as survivor, asyncio.timeout(under_test.silence.total_seconds()):
        while any((await stream.lag(group=PLACE.group, topics=[PLACE.topic])).values()):
            records = await survivor.poll(max_records=500, wait=timedelta(seconds=1))
            tally.delivered |= {(record.partition, record.offset) for record in records}
            await settle(survivor, records)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", range(RUNS))
async def test_nothing_acknowledged_is_lost_and_everything_stored_is_delivered(
    tmp_path: Path, seed: int
) -> None:
    under_test = engine("embedded", str(tmp_path / "stream.db"))
    stream, tally, dice = under_test.open(), Tally(), random.Random(seed)
    await stream.create_topics([TopicSpec(name=PLACE.topic, partitions=PLACE.partitions)])
    for generation in range(GENERATIONS):
        await live_and_die(under_test, tally, dice, generation)
    await deliver_the_rest(under_test, stream, tally)
    stored = await everything(stream, PLACE.topic)
    await stream.close()
    names = [record.value.decode() for record in stored]
    assert len(set(names)) == len(names), "stored twice"
    assert set(tally.acknowledged) <= set(names), "acknowledged and lost"
    for records in by_partition(stored).values():
        assert [record.offset for record in records] == list(range(len(records)))
    assert tally.delivered == {(record.partition, record.offset) for record in stored}
