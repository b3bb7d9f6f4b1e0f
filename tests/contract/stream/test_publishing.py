"""What is published arrives as it was published."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka.partitioner import DefaultPartitioner

from shared.errors import RecordTooLargeError
from shared.ports import Headers, Stream, TopicSpec
from tests.contract.stream.steps import Place, by_partition, everything, member, publish, take, values

KEYS = ["", "a", "ab", "abc", "abcd", "story-17", "북한", "Россия", "https://example.org/?q=1", "x" * 1000]
CONTENTS: list[tuple[str, bytes, Headers]] = [
    ("plain", b"value", (("ce_id", b"1"),)),
    ("empty value", b"", (("content-type", b"application/json"),)),
    ("no headers", b"value", ()),
    ("every byte", bytes(range(256)) * 4, (("every", bytes(range(256))),)),
    ("header twice, order kept", b"value", (("a", b"1"), ("b", b"2"), ("a", b"3"), ("empty", b""))),
    ("키 ключ\0key", "값".encode(), (("заголовок", b"x"),)),
    ("large", b"\xff\x00" * 450_000, ()),
]


async def test_records_of_one_key_arrive_in_the_order_they_were_published(
    stream: Stream, place: Place
) -> None:
    publisher = await stream.publisher()
    for number in range(60):
        await publisher.publish([place.record(f"key-{number % 5}", b"%d" % number)])
    await publisher.close()
    async with member(stream, place) as consumer:
        records = await take(consumer, 60)
    for key in {record.key for record in records}:
        numbers = [int(record.value) for record in records if record.key == key]
        assert numbers == sorted(numbers)


async def test_a_batch_keeps_its_order_within_each_partition(stream: Stream, place: Place) -> None:
    await publish(stream, place.numbered(300, keys=50))
    found = by_partition(await everything(stream, place.topic))
    assert sum(map(len, found.values())) == 300
    for records in found.values():
        assert [int(record.value) for record in records] == values(records)


async def test_offsets_of_a_partition_have_no_gap(stream: Stream, place: Place) -> None:
    for _ in range(3):
        await publish(stream, place.numbered(50))
    for records in by_partition(await everything(stream, place.topic)).values():
        assert [record.offset for record in records] == list(range(len(records)))


async def test_a_key_has_the_partition_that_kafkas_own_partitioner_gives_it(
    stream: Stream, place: Place
) -> None:
    for _ in range(2):
        await publish(stream, [place.record(key, b"") for key in KEYS])
    partitions = list(range(place.partitions))
    records = await everything(stream, place.topic)
    assert sorted(record.key for record in records) == sorted(KEYS * 2)
    for record in records:
        assert record.partition == DefaultPartitioner()(record.key.encode(), partitions, partitions)


async def test_keys_headers_and_values_arrive_byte_for_byte(stream: Stream, place: Place) -> None:
    await publish(stream, [place.record(*content) for content in CONTENTS])
    async with member(stream, place) as consumer:
        records = await take(consumer, len(CONTENTS))
    assert {record.topic for record in records} == {place.topic}
    arrived = sorted((record.key, record.value, record.headers) for record in records)
    assert arrived == sorted(CONTENTS)


async def test_a_record_tells_when_it_was_published(stream: Stream, place: Place) -> None:
    await publish(stream, [place.record("key", b"")])
    (record,) = await everything(stream, place.topic)
    assert record.timestamp.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - record.timestamp) < timedelta(minutes=1)


async def test_a_record_too_large_is_refused_before_any_of_its_batch_is_stored(
    stream: Stream, place: Place
) -> None:
    batch = [place.record("small", b"1"), place.record("large", b"x" * 3_000_000)]
    with pytest.raises(RecordTooLargeError):
        await publish(stream, batch)
    assert await everything(stream, place.topic) == []


async def test_publishing_nothing_is_allowed(stream: Stream, place: Place) -> None:
    await publish(stream, [])
    assert await everything(stream, place.topic) == []


async def test_creating_a_topic_again_changes_nothing(stream: Stream, place: Place) -> None:
    await publish(stream, place.numbered(10))
    await stream.create_topics([TopicSpec(name=place.topic, partitions=place.partitions)])
    assert values(await everything(stream, place.topic)) == list(range(10))


async def test_records_and_positions_survive_closing_everything(
    open_stream: Callable[[], Stream], place: Place
) -> None:
    first = open_stream()
    await publish(first, place.numbered(20))
    async with member(first, place) as consumer:
        done = await take(consumer, 8)
        await consumer.commit({record.source: record.next_offset for record in done})
    await first.close()
    second = open_stream()
    assert values(await everything(second, place.topic)) == list(range(20))
    async with member(second, place) as consumer:
        assert values([*done, *await take(consumer, 12)]) == list(range(20))
