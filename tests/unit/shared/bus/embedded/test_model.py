"""Whatever happens in whatever order, the log behaves as a list per partition and one position per group."""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from shared.bus.embedded import EmbeddedStream
from shared.bus.embedded.consumer import EmbeddedConsumer
from shared.bus.embedded.log import partition_for
from shared.errors import CommitRefusedError
from shared.ports import OutgoingRecord, StreamRecord, TopicPartition, TopicSpec
from tests.unit.shared.bus.embedded.laboratory import (
    GROUP,
    NO_WAIT,
    TIMINGS,
    TOPIC,
    ManualClock,
    positions,
    sources,
)

T = TypeVar("T")
PARTITIONS = 3
SOURCES = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]


class Crewman:
    """A consumer, and what it polled since its last commit or rewind."""

    def __init__(self, consumer: EmbeddedConsumer) -> None:
        self.consumer = consumer
        self.at_hand: list[StreamRecord] = []


class EmbeddedLogMachine(RuleBasedStateMachine):
    """The model: what was published to each partition, and how far the group has committed it."""

    crew = Bundle("crew")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.Runner()
        self.clock = ManualClock()
        self.published: defaultdict[TopicPartition, list[bytes]] = defaultdict(list)
        self.committed = dict.fromkeys(SOURCES, 0)
        self.members: list[Crewman] = []
        self.count = 0
        self.stream = self.open()
        self.run(self.stream.create_topics([TopicSpec(name=TOPIC, partitions=PARTITIONS)]))

    def open(self) -> EmbeddedStream:
        return EmbeddedStream(Path(self.folder.name) / "stream.db", timings=TIMINGS, clock=self.clock)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    @rule(keys=st.lists(st.sampled_from("abcdef"), max_size=12))
    def publish(self, keys: list[str]) -> None:
        batch = []
        for key in keys:
            value = b"%d" % self.count
            self.count += 1
            self.published[SOURCES[partition_for(key, PARTITIONS)]].append(value)
            batch.append(OutgoingRecord(topic=TOPIC, key=key, value=value))
        self.run(self.publish_batch(batch))

    async def publish_batch(self, batch: list[OutgoingRecord]) -> None:
        await (await self.stream.publisher()).publish(batch)

    @rule(target=crew)
    def join(self) -> Crewman:
        member = Crewman(self.run(self.stream.consumer(group=GROUP, topics=[TOPIC])))
        self.members.append(member)
        return member

    @rule(member=crew, most=st.integers(1, 5))
    def poll(self, member: Crewman, most: int) -> None:
        if member not in self.members:
            return
        records = self.run(member.consumer.poll(max_records=most, wait=NO_WAIT))
        assert len(records) <= most
        following = positions(member.at_hand)
        for record in records:
            assert record.value == self.published[record.source][record.offset]
            assert record.offset in {following.get(record.source), self.committed[record.source]}, "a gap"
            following[record.source] = record.next_offset
        restarted = {r.source for r in records if r.offset == self.committed[r.source]}
        member.at_hand = [r for r in member.at_hand if r.source not in restarted]
        member.at_hand += records

    @rule(member=crew, part=st.floats(0, 1))
    def commit(self, member: Crewman, part: float) -> None:
        if member not in self.members:
            return
        done = member.at_hand[: round(part * len(member.at_hand))]
        member.at_hand = member.at_hand[len(done) :]
        asked = positions(done)
        refused: set[TopicPartition] = set()
        try:
            self.run(member.consumer.commit(asked))
        except CommitRefusedError as error:
            refused = {source for source in asked if f"{source.topic}[{source.partition}]" in error.detail}
            assert refused
            member.at_hand = [record for record in member.at_hand if record.source not in refused]
        for source in asked.keys() - refused:
            self.committed[source] = max(self.committed[source], asked[source])

    @rule(member=crew)
    def rewind(self, member: Crewman) -> None:
        if member in self.members:
            self.run(member.consumer.rewind())
            member.at_hand = []

    @rule(member=crew)
    def hold(self, member: Crewman) -> None:
        if member in self.members:
            self.run(member.consumer.hold())

    @rule(member=consumes(crew))
    def leave(self, member: Crewman) -> None:
        if member in self.members:
            self.run(member.consumer.close())
            self.members.remove(member)

    @rule(seconds=st.sampled_from([1, 8, 16, 25, -3600]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    @rule()
    def restart(self) -> None:
        self.run(self.stream.close())
        self.members.clear()
        self.stream = self.open()

    @invariant()
    def the_lag_is_what_is_published_and_not_committed(self) -> None:
        lag = self.run(self.lag())
        assert lag == {source: len(self.published[source]) - self.committed[source] for source in SOURCES}

    @invariant()
    def browsing_shows_everything_published(self) -> None:
        shown: defaultdict[TopicPartition, list[bytes]] = defaultdict(list)
        for record in self.run(self.browse()):
            assert record.offset == len(shown[record.source])
            shown[record.source].append(record.value)
        assert shown == {source: values for source, values in self.published.items() if values}

    async def lag(self) -> dict[TopicPartition, int]:
        found = await self.stream.lag(group=GROUP, topics=[TOPIC])
        return dict(found)

    async def browse(self) -> list[StreamRecord]:
        return [record async for record in self.stream.browse(TOPIC)]

    def teardown(self) -> None:
        self.run(self.finish())
        self.loop.close()
        self.folder.cleanup()

    async def finish(self) -> None:
        """Those who are left deliver, once they give up what they have, the rest, each record once."""
        for member in self.members:
            await member.consumer.rewind()
        survivors = [member.consumer for member in self.members]
        survivors = survivors or [await self.stream.consumer(group=GROUP, topics=[TOPIC])]
        for _ in range(3):  # tell the lapsed, let go, take over
            for consumer in survivors:
                await consumer.hold()
        missing = {s: list(range(self.committed[s], len(self.published[s]))) for s in SOURCES}
        delivered: dict[TopicPartition, list[int]] = {source: [] for source in SOURCES}
        for consumer in survivors:
            records = await consumer.poll(max_records=10_000, wait=NO_WAIT)
            assert len(sources(records)) <= -(-PARTITIONS // len(survivors)), "more than its share"
            for record in records:
                delivered[record.source].append(record.offset)
            await consumer.commit(positions(records))
        assert delivered == missing
        await self.stream.close()


TestEmbeddedLog = EmbeddedLogMachine.TestCase
TestEmbeddedLog.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
