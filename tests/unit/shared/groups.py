"""Running one consumer group on an embedded log, with the faults a test asks for."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.bus.embedded import EmbeddedStream
from shared.dead_letter import DeadLetterBudget
from shared.errors import StreamUnavailableError
from shared.handling import Handler, Handling, HandlingPolicy
from shared.metrics import Metrics
from shared.model.times import utc_now
from shared.patience import Patience
from shared.ports import OutgoingRecord, Publisher, StreamRecord, TopicPartition, TopicSpec
from shared.processor import Processor
from shared.retry import RetryPolicy
from tests.waiting import until

TOPIC = "work"
RESULTS = "results"
GROUP = "workers"
AT_ONCE = RetryPolicy(delays=(timedelta(), timedelta()))
SOON = RetryPolicy(delays=(timedelta(milliseconds=5),), endless=True)
DEADLINE = 20


@dataclass(slots=True)
class MarksInMemory:
    """`UnfinishedRecords` that die with the process; `begun` counts the writes."""

    marks: dict[TopicPartition, tuple[int, int]] = field(default_factory=dict)

    async def begin(
        self, firsts: Mapping[TopicPartition, int], _now: datetime, /
    ) -> Mapping[TopicPartition, int]:
        for source, offset in firsts.items():
            known, starts = self.marks.get(source, (-1, 0))
            self.marks[source] = (offset, starts + 1 if known == offset else 1)
        return {source: self.marks[source][1] for source in firsts}

    async def done(self, partitions: Collection[TopicPartition]) -> None:
        for source in partitions:
            self.marks.pop(source, None)


class FlakyStream(EmbeddedStream):
    """An embedded log whose publishers fail as many times as `failures` says, before anything is written."""

    failures = 0

    async def publisher(self) -> Publisher:  # type: ignore[override]  # a wrapper is enough for the port
        return _FlakyPublisher(self, await super().publisher())


@dataclass(frozen=True, slots=True)
class _FlakyPublisher:
    stream: FlakyStream
    inner: Publisher

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        if self.stream.failures:
            self.stream.failures -= 1
            raise StreamUnavailableError("the test says so")
        await self.inner.publish(records)

    async def close(self) -> None:
        await self.inner.close()


async def fill(stream: EmbeddedStream, values: Sequence[str], *, partitions: int = 3) -> None:
    """Make the topics and publish each value under a key of its own."""
    await stream.create_topics(
        [
            TopicSpec(name=TOPIC, partitions=partitions),
            TopicSpec(name=RESULTS, partitions=1),
            TopicSpec(name=TOPIC + ".dead", partitions=1),
        ]
    )
    await publish(stream, values)


async def publish(stream: EmbeddedStream, values: Sequence[str]) -> None:
    publisher = await EmbeddedStream.publisher(stream)
    await publisher.publish(
        [
            OutgoingRecord(topic=TOPIC, key=value, value=value.encode(), headers=(("kind", b"test"),))
            for value in values
        ]
    )


def echo(record: StreamRecord) -> OutgoingRecord:
    """A result that names the record it came from."""
    return OutgoingRecord(topic=RESULTS, key=record.key, value=record.value)


@dataclass(slots=True, kw_only=True)
class Group:
    """A running group and what a test may look at."""

    stream: EmbeddedStream
    patience: Patience
    metrics: Metrics
    running: asyncio.Task[None]

    async def settled(self) -> None:
        """Wait until every record is committed."""
        await until(self._is_settled, what="the last commit")

    async def _is_settled(self) -> bool:
        return not any((await self.stream.lag(group=GROUP, topics=[TOPIC])).values())


@asynccontextmanager
async def running(
    stream: EmbeddedStream,
    handler: Handler,
    *,
    marks: MarksInMemory | None = None,
    budget: DeadLetterBudget | None = None,
    deadline: timedelta = timedelta(seconds=5),
) -> AsyncIterator[Group]:
    """The group at work; stopped in good order at the end."""
    metrics = Metrics()
    processor = Processor(
        stream=stream,
        group=GROUP,
        topic=TOPIC,
        handling=Handling(
            handler=handler,
            policy=HandlingPolicy(retry=AT_ONCE, deadline=deadline),
            clock=utc_now,
            random=lambda: 0.5,
        ),
        unfinished=marks or MarksInMemory(),
        metrics=metrics,
        clock=utc_now,
        random=lambda: 0.5,
        budget=budget or DeadLetterBudget(),
    )
    patience = processor.patience(asyncio.Event())
    patience.policy = SOON
    group = Group(
        stream=stream,
        patience=patience,
        metrics=metrics,
        running=asyncio.create_task(processor.run(patience)),
    )
    try:
        yield group
    finally:
        patience.stop.set()
        await asyncio.wait_for(group.running, DEADLINE)


async def values(stream: EmbeddedStream, topic: str) -> list[str]:
    """What the topic holds."""
    return [record.value.decode() async for record in stream.browse(topic)]
