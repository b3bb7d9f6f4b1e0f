"""The stream engine on Kafka: settings, topics, lag, browsing."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from shared.bus.kafka.consumer import KafkaConsumer
from shared.bus.kafka.faults import bounded, quietly
from shared.bus.kafka.publisher import KafkaPublisher
from shared.bus.kafka.records import received
from shared.errors import PermanentError, StreamUnavailableError
from shared.model.times import Clock, utc_now
from shared.ports import Consumer, Publisher, StreamRecord, TopicPartition, TopicSpec

ADMIN_LIMIT = timedelta(seconds=20)
CHECK_LIMIT = timedelta(seconds=5)
STOP_LIMIT = timedelta(seconds=5)
MAX_MESSAGE_BYTES = 2 * 1024 * 1024  # a record of ours at its largest, with the headers of a dead letter
TOPIC_EXISTS = 36
log = structlog.get_logger()


class KafkaStream:
    """Implements `shared.ports.Stream` on the brokers named by `servers` ("host:port,host:port")."""

    def __init__(self, servers: str, *, replication: int = 1, clock: Clock = utc_now) -> None:
        self._servers = servers
        self._replication = replication
        self._clock = clock

    async def create_topics(self, specs: Sequence[TopicSpec]) -> None:
        admin = await self._admin()
        try:
            existing = set(await bounded(admin.list_topics(), ADMIN_LIMIT, "list topics"))
            missing = [self._new_topic(spec) for spec in specs if spec.name not in existing]
            if not missing:
                return
            answer = await bounded(admin.create_topics(missing), ADMIN_LIMIT, "create topics")
            for topic, code, *_ in answer.topic_errors:
                if code not in (0, TOPIC_EXISTS):
                    raise StreamUnavailableError(f"create topic {topic}: {for_code(code).__name__}")
        finally:
            await quietly(admin.close(), STOP_LIMIT, "close admin client")

    async def publisher(self) -> Publisher:
        return KafkaPublisher(self._producer)

    async def consumer(self, *, group: str, topics: Sequence[str]) -> Consumer:
        consumer = KafkaConsumer(lambda: self._group_member(group), topics, self._clock)
        await consumer.join()
        return consumer

    async def browse(self, topic: str) -> AsyncIterator[StreamRecord]:
        consumer = AIOKafkaConsumer(**self._common(), enable_auto_commit=False, **_FETCH)
        partitions = await self._partitions(topic)
        await bounded(consumer.start(), ADMIN_LIMIT, "start browsing")
        try:
            consumer.assign(partitions)
            starts, ends = await _extent(consumer, partitions)
            await bounded(consumer.seek_to_beginning(*partitions), ADMIN_LIMIT, "browse")
            left = {partition for partition in partitions if starts[partition] < ends[partition]}
            while left:
                batch = await bounded(consumer.getmany(*left, timeout_ms=1000), ADMIN_LIMIT, "browse")
                for partition, records in batch.items():
                    for raw in records:
                        if raw.offset < ends[partition]:
                            yield received(raw)
                for partition in tuple(left):
                    if await bounded(consumer.position(partition), ADMIN_LIMIT, "browse") >= ends[partition]:
                        left.discard(partition)
        finally:
            await quietly(consumer.stop(), STOP_LIMIT, "stop browsing")

    async def lag(self, *, group: str, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
        committed = await self._committed(group)
        consumer = AIOKafkaConsumer(**self._common(), enable_auto_commit=False)
        await bounded(consumer.start(), ADMIN_LIMIT, "start consumer")
        try:
            lags: dict[TopicPartition, int] = {}
            for topic in topics:
                partitions = await self._partitions(topic)
                starts, ends = await _extent(consumer, partitions)
                for partition in partitions:
                    position = committed.get(partition, -1)
                    start = starts[partition] if position < 0 else position
                    lags[TopicPartition(topic, partition.partition)] = ends[partition] - start
            return lags
        finally:
            await quietly(consumer.stop(), STOP_LIMIT, "stop consumer")

    async def _committed(self, group: str) -> dict[KafkaPartition, int]:
        admin = await self._admin()
        try:
            found = await bounded(
                admin.list_consumer_group_offsets(group), ADMIN_LIMIT, "ask for committed offsets"
            )
            return {partition: known.offset for partition, known in found.items()}
        finally:
            await quietly(admin.close(), STOP_LIMIT, "close admin client")

    async def _partitions(self, topic: str) -> list[KafkaPartition]:
        """Raises PermanentError for a topic that does not exist."""
        admin = await self._admin()
        try:
            (found,) = await bounded(admin.describe_topics([topic]), ADMIN_LIMIT, "describe topic")
        finally:
            await quietly(admin.close(), STOP_LIMIT, "close admin client")
        if found["error_code"] or not found["partitions"]:
            raise PermanentError(f"topic {topic}: {for_code(found['error_code']).__name__}")
        return [
            KafkaPartition(topic, number) for number in sorted(p["partition"] for p in found["partitions"])
        ]

    async def check(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._servers, request_timeout_ms=4000)
        try:
            await bounded(admin.start(), CHECK_LIMIT, "check")
        finally:
            await quietly(admin.close(), STOP_LIMIT, "close admin client")

    async def close(self) -> None:
        """Nothing is shared between publishers and consumers: each closes its own connections."""

    async def _admin(self) -> AIOKafkaAdminClient:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._servers)
        try:
            await bounded(admin.start(), ADMIN_LIMIT, "start admin client")
        except StreamUnavailableError:
            await quietly(admin.close(), STOP_LIMIT, "close admin client")
            raise
        return admin

    def _common(self) -> dict[str, object]:
        return {"bootstrap_servers": self._servers, "client_id": "pactwatch", "metadata_max_age_ms": 30_000}

    def _producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **self._common(),
            acks="all",
            enable_idempotence=True,
            linger_ms=10,
            request_timeout_ms=20_000,
            compression_type="gzip",
            max_request_size=MAX_MESSAGE_BYTES,
        )

    def _group_member(self, group: str) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            **self._common(),
            **_FETCH,
            group_id=group,
            enable_auto_commit=False,
            session_timeout_ms=30_000,
            heartbeat_interval_ms=3_000,
            rebalance_timeout_ms=60_000,
            request_timeout_ms=75_000,  # must exceed the rebalance timeout, or the group never settles
            max_poll_interval_ms=300_000,
        )

    def _new_topic(self, spec: TopicSpec) -> NewTopic:
        retention = -1 if spec.retention is None else round(spec.retention.total_seconds() * 1000)
        return NewTopic(
            name=spec.name,
            num_partitions=spec.partitions,
            replication_factor=self._replication,
            topic_configs={
                "retention.ms": str(retention),
                "max.message.bytes": str(MAX_MESSAGE_BYTES),
                "min.insync.replicas": str(max(1, self._replication - 1)),
                "unclean.leader.election.enable": "false",
            },
        )


_FETCH: dict[str, object] = {
    "auto_offset_reset": "earliest",
    "max_poll_records": 100,
    "fetch_max_bytes": 8 * 1024 * 1024,
    "max_partition_fetch_bytes": MAX_MESSAGE_BYTES,
    "isolation_level": "read_committed",
}


async def _extent(
    consumer: AIOKafkaConsumer, partitions: list[KafkaPartition]
) -> tuple[dict[KafkaPartition, int], dict[KafkaPartition, int]]:
    """The first offset each partition holds, and the next it will give."""
    starts = await bounded(consumer.beginning_offsets(partitions), ADMIN_LIMIT, "ask for first offsets")
    ends = await bounded(consumer.end_offsets(partitions), ADMIN_LIMIT, "ask for end offsets")
    return starts, ends
