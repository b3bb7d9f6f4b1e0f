"""Two installations on one stream, each under a prefix of its own."""

from datetime import timedelta
from pathlib import Path

from shared.bus.embedded import EmbeddedStream
from shared.bus.prefixed import PrefixedStream
from shared.ports import OutgoingRecord, Stream, TopicPartition, TopicSpec

TOPIC = "stories"
GROUP = "tag"


async def _publish(stream: Stream, value: bytes) -> None:
    publisher = await stream.publisher()
    await publisher.publish([OutgoingRecord(topic=TOPIC, key="k", value=value)])


async def test_installations_do_not_see_each_other_and_use_the_plain_names(tmp_path: Path) -> None:
    engine = EmbeddedStream(tmp_path / "log.db")
    one, other = PrefixedStream(engine, "one."), PrefixedStream(engine, "other.")
    for stream, value in ((one, b"first"), (other, b"second")):
        await stream.create_topics([TopicSpec(name=TOPIC, partitions=1)])
        await _publish(stream, value)
    consumer = await one.consumer(group=GROUP, topics=[TOPIC])
    (record,) = await consumer.poll(max_records=10, wait=timedelta(seconds=5))
    assert (record.topic, record.value) == (TOPIC, b"first")
    await consumer.commit({record.source: record.next_offset})
    await consumer.close()
    assert await one.lag(group=GROUP, topics=[TOPIC]) == {TopicPartition(TOPIC, 0): 0}
    assert await other.lag(group=GROUP, topics=[TOPIC]) == {TopicPartition(TOPIC, 0): 1}
    assert [record.value async for record in other.browse(TOPIC)] == [b"second"]
    await engine.close()
