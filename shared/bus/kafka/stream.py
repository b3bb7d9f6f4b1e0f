"""The stream engine on Kafka: topics, publishers, members, lag, browsing."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.bus.kafka import topics as kafka_topics
from shared.bus.kafka.clients import Clients
from shared.bus.kafka.consumer import KafkaConsumer
from shared.bus.kafka.faults import bounded
from shared.bus.kafka.limits import KafkaLimits
from shared.bus.kafka.noise import hush
from shared.bus.kafka.publisher import KafkaPublisher
from shared.bus.kafka.records import received
from shared.bus.kafka.takedown import retire_admin, retire_consumer, start
from shared.model.times import Clock, utc_now
from shared.ports import Consumer, Publisher, StreamRecord, TopicPartition, TopicSpec

Offsets = Mapping[KafkaPartition, int]


class KafkaStream:
    """Implements `shared.ports.Stream` on the brokers named by `servers` ("host:port,host:port")."""

    def __init__(
        self,
        servers: str,
        *,
        replication: int = 1,
        clock: Clock = utc_now,
        limits: KafkaLimits | None = None,
    ) -> None:
        self._limits = limits or KafkaLimits()
        self._clients = Clients(servers=servers, limits=self._limits)
        self._replication = replication
        self._clock = clock
        hush()

    async def create_topics(self, specs: Sequence[TopicSpec]) -> None:
        async with self._admin() as admin:
            await kafka_topics.create(admin, specs, self._replication, self._limits)

    async def publisher(self) -> Publisher:
        return KafkaPublisher(self._clients.producer, self._limits)

    async def consumer(self, *, group: str, topics: Sequence[str]) -> Consumer:
        consumer = KafkaConsumer(lambda: self._clients.member(group), topics, self._clock, self._limits)
        await consumer.join()
        return consumer

    async def browse(self, topic: str) -> AsyncIterator[StreamRecord]:
        async with self._admin() as admin:
            partitions = await kafka_topics.partitions(admin, topic, self._limits)
        async with self._reader() as reader:
            reader.assign(partitions)
            starts, ends = await self._extent(reader, partitions)
            await bounded(reader.seek_to_beginning(*partitions), self._limits.admin, "browse")
            left = {partition for partition in partitions if starts[partition] < ends[partition]}
            while left:
                for record in await bounded(_advance(reader, left, ends), self._limits.admin, "browse"):
                    yield record

    async def lag(self, *, group: str, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
        async with self._admin() as admin:
            committed = await kafka_topics.committed(admin, group, self._limits)
            partitions = [
                partition
                for topic in topics
                for partition in await kafka_topics.partitions(admin, topic, self._limits)
            ]
        async with self._reader() as reader:
            starts, ends = await self._extent(reader, partitions)
        return {
            TopicPartition(*partition): end - max(starts[partition], committed.get(partition, -1))
            for partition, end in ends.items()
        }

    async def check(self) -> None:
        prober = self._clients.prober()
        try:
            await bounded(start(prober), self._limits.check, "check")
        finally:
            await retire_admin(prober, self._limits.check)

    async def close(self) -> None:
        """Nothing is shared between publishers and consumers: each closes its own connections."""

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = self._clients.admin()
        try:
            await bounded(start(admin), self._limits.admin, "connect")
            yield admin
        finally:
            await retire_admin(admin, self._limits.stop)

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[AIOKafkaConsumer]:
        reader = self._clients.reader()
        try:
            await bounded(start(reader), self._limits.admin, "connect")
            yield reader
        finally:
            await retire_consumer(reader, self._limits.stop)

    async def _extent(
        self, reader: AIOKafkaConsumer, partitions: list[KafkaPartition]
    ) -> tuple[Offsets, Offsets]:
        """The first offset each partition holds, and the next it will give."""
        starts = await bounded(reader.beginning_offsets(partitions), self._limits.admin, "ask for offsets")
        ends = await bounded(reader.end_offsets(partitions), self._limits.admin, "ask for offsets")
        return starts, ends


async def _advance(reader: AIOKafkaConsumer, left: set[KafkaPartition], ends: Offsets) -> list[StreamRecord]:
    """The next records before the `ends`; takes out of `left` the partitions that are through."""
    found: list[StreamRecord] = []
    while left and not found:
        batches = await reader.getmany(*left, timeout_ms=1000)
        for partition, records in batches.items():
            found += [received(raw) for raw in records if raw.offset < ends[partition]]
        for partition in tuple(left):
            if await reader.position(partition) >= ends[partition]:
                left.discard(partition)
    return found
