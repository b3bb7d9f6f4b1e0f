"""Kafka's topics: creating them and finding their partitions."""

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka import TopicPartition as KafkaPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import NoError, UnknownTopicOrPartitionError, for_code

from shared.bus.kafka.faults import RETRY_SECONDS, bounded, persistently
from shared.bus.kafka.limits import KafkaLimits, milliseconds
from shared.bus.kafka.records import MAX_BATCH_BYTES
from shared.errors import PermanentError, StreamUnavailableError
from shared.ports import TopicSpec

TOPIC_EXISTS = 36


async def create(
    admin: AIOKafkaAdminClient, specs: Sequence[TopicSpec], replication: int, limits: KafkaLimits
) -> None:
    """Make the topics that do not exist yet. Raises StreamUnavailableError."""
    existing = set(await bounded(admin.list_topics(), limits.admin, "list topics"))
    missing = [_new_topic(spec, replication) for spec in specs if spec.name not in existing]
    if not missing:
        return
    answer = await bounded(admin.create_topics(missing), limits.admin, "create topics")
    for topic, code, *_ in answer.topic_errors:
        if code not in (NoError.errno, TOPIC_EXISTS):
            raise StreamUnavailableError(f"create topic {topic}: {for_code(code).__name__}")


async def partitions(admin: AIOKafkaAdminClient, topic: str, limits: KafkaLimits) -> list[KafkaPartition]:
    """The topic's partitions in order. Raises PermanentError for a topic that does not exist."""
    numbers = await bounded(_numbers(admin, topic, limits), limits.admin, "describe topic")
    return [KafkaPartition(topic, number) for number in sorted(numbers)]


async def committed(
    admin: AIOKafkaAdminClient, group: str, limits: KafkaLimits
) -> Mapping[KafkaPartition, int]:
    """The group's offsets; a partition it never committed is missing, or less than 0."""
    call = persistently(lambda: admin.list_consumer_group_offsets(group))
    found = await bounded(call, limits.admin, "ask for committed offsets")
    return {partition: known.offset for partition, known in found.items()}


async def _numbers(admin: AIOKafkaAdminClient, topic: str, limits: KafkaLimits) -> list[int]:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limits.settle.total_seconds()
    while True:
        (found,) = await admin.describe_topics([topic])
        error = for_code(found["error_code"])
        if error is NoError and found["partitions"]:
            return [partition["partition"] for partition in found["partitions"]]
        unknown = error is UnknownTopicOrPartitionError and loop.time() >= deadline
        if unknown or not (error is NoError or error.retriable):
            raise PermanentError(f"topic {topic}: {error.__name__}")
        await asyncio.sleep(RETRY_SECONDS)


def _new_topic(spec: TopicSpec, replication: int) -> NewTopic:
    retention = -1 if spec.retention is None else milliseconds(spec.retention)
    return NewTopic(
        name=spec.name,
        num_partitions=spec.partitions,
        replication_factor=replication,
        topic_configs={
            "retention.ms": str(retention),
            "max.message.bytes": str(MAX_BATCH_BYTES),
            "min.insync.replicas": str(max(1, replication - 1)),
            "unclean.leader.election.enable": "false",
        },
    )
