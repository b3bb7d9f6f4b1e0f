"""Several installations on one stream engine: every name of a topic or group under a prefix of its own."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.ports import (
    Consumer,
    OutgoingRecord,
    Publisher,
    Stream,
    StreamRecord,
    TopicPartition,
    TopicSpec,
)


@dataclass(frozen=True, slots=True)
class PrefixedStream:
    """Implements `shared.ports.Stream` on another one; who uses it sees the names without the prefix."""

    inner: Stream
    prefix: str

    async def create_topics(self, specs: Sequence[TopicSpec]) -> None:
        await self.inner.create_topics([replace(spec, name=self.prefix + spec.name) for spec in specs])

    async def publisher(self) -> Publisher:
        return _PrefixedPublisher(await self.inner.publisher(), self.prefix)

    async def consumer(self, *, group: str, topics: Sequence[str]) -> Consumer:
        names = [self.prefix + topic for topic in topics]
        return _PrefixedConsumer(
            await self.inner.consumer(group=self.prefix + group, topics=names), self.prefix
        )

    async def browse(self, topic: str) -> AsyncIterator[StreamRecord]:
        async for record in self.inner.browse(self.prefix + topic):
            yield replace(record, topic=topic)

    async def lag(self, *, group: str, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
        names = [self.prefix + topic for topic in topics]
        found = await self.inner.lag(group=self.prefix + group, topics=names)
        return {_without(self.prefix, source): lag for source, lag in found.items()}

    async def check(self) -> None:
        await self.inner.check()

    async def close(self) -> None:
        await self.inner.close()


@dataclass(frozen=True, slots=True)
class _PrefixedPublisher:
    inner: Publisher
    prefix: str

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        await self.inner.publish([replace(record, topic=self.prefix + record.topic) for record in records])

    async def close(self) -> None:
        await self.inner.close()


@dataclass(frozen=True, slots=True)
class _PrefixedConsumer:
    inner: Consumer
    prefix: str

    async def poll(self, *, max_records: int, wait: timedelta) -> Sequence[StreamRecord]:
        found = await self.inner.poll(max_records=max_records, wait=wait)
        return [replace(record, topic=record.topic.removeprefix(self.prefix)) for record in found]

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        await self.inner.commit(
            {
                TopicPartition(self.prefix + topic, partition): position
                for (topic, partition), position in positions.items()
            }
        )

    async def rewind(self) -> None:
        await self.inner.rewind()

    async def hold(self) -> None:
        await self.inner.hold()

    async def close(self) -> None:
        await self.inner.close()


def _without(prefix: str, source: TopicPartition) -> TopicPartition:
    return TopicPartition(source.topic.removeprefix(prefix), source.partition)
