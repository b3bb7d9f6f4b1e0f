"""What one member sees."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from shared.ports import Stream, TopicSpec
from tests.contract.stream.children import child
from tests.contract.stream.engines import Engine
from tests.contract.stream.steps import (
    BRIEFLY,
    Place,
    everything,
    member,
    publish,
    settle,
    take,
    values,
)


async def test_a_new_member_resumes_at_the_commit_neither_before_nor_after(
    stream: Stream, place: Place
) -> None:
    await publish(stream, place.numbered(40))
    async with member(stream, place) as consumer:
        done = await take(consumer, 15)
        await settle(consumer, done)
        await take(consumer, 5)
    async with member(stream, place) as consumer:
        rest = await take(consumer, 25)
        assert values([*done, *rest]) == list(range(40))
        assert not await consumer.poll(max_records=10, wait=BRIEFLY)


async def test_records_polled_and_not_committed_are_delivered_to_the_next_member(
    stream: Stream, place: Place
) -> None:
    await publish(stream, place.numbered(10))
    async with member(stream, place) as consumer:
        await take(consumer, 10)
    async with member(stream, place) as consumer:
        assert values(await take(consumer, 10)) == list(range(10))


async def test_a_group_that_comes_late_starts_at_the_beginning(stream: Stream, place: Place) -> None:
    await publish(stream, place.numbered(10))
    async with member(stream, place) as consumer:
        await settle(consumer, await take(consumer, 10))
    async with member(stream, place, group=f"{place.group}-late") as consumer:
        assert values(await take(consumer, 10)) == list(range(10))


async def test_two_groups_read_independently(stream: Stream, place: Place) -> None:
    async with member(stream, place) as one, member(stream, place, group=f"{place.group}-other") as other:
        await publish(stream, place.numbered(30))
        await settle(one, await take(one, 30))
        assert values(await take(other, 30)) == list(range(30))


async def test_a_poll_returns_no_more_than_asked_and_nothing_twice(stream: Stream, place: Place) -> None:
    await publish(stream, place.numbered(25))
    async with member(stream, place) as consumer:
        await take(consumer, 1)
        sizes = []
        while records := await consumer.poll(max_records=10, wait=timedelta(seconds=1)):
            sizes.append(len(records))
        assert max(sizes) <= 10
        assert sum(sizes) == 24


async def test_rewinding_returns_what_was_not_committed_and_only_that(stream: Stream, place: Place) -> None:
    await publish(stream, place.numbered(30))
    async with member(stream, place) as consumer:
        done = await take(consumer, 10)
        await settle(consumer, done)
        dropped = await take(consumer, 15)
        await consumer.rewind()
        again = await take(consumer, 20)
        assert values([*done, *again]) == list(range(30))
        assert set(values(dropped)) <= set(values(again))


async def test_rewinding_with_nothing_polled_changes_nothing(stream: Stream, place: Place) -> None:
    await publish(stream, place.numbered(5))
    async with member(stream, place) as consumer:
        await consumer.rewind()
        assert values(await take(consumer, 5)) == list(range(5))


async def test_a_poll_with_nothing_to_return_waits_and_returns_nothing(stream: Stream, place: Place) -> None:
    async with member(stream, place) as consumer:
        await consumer.poll(max_records=1, wait=timedelta(seconds=5))
        start = time.monotonic()
        assert not await consumer.poll(max_records=10, wait=timedelta(seconds=0.5))
        assert 0.4 < time.monotonic() - start < 2


async def test_a_waiting_poll_is_woken_by_a_publish_of_another_connection(
    open_stream: Callable[[], Stream], stream: Stream, place: Place
) -> None:
    publisher = await open_stream().publisher()
    async with member(stream, place) as consumer:
        await publisher.publish([place.record("key", b"0")])
        await settle(consumer, await take(consumer, 1))
        waiting = asyncio.create_task(consumer.poll(max_records=10, wait=timedelta(seconds=8)))
        await consumer_waits(waiting)
        start = time.monotonic()
        await publisher.publish([place.record("key", b"1")])
        assert values(await waiting) == [1]
        assert time.monotonic() - start < 1
    await publisher.close()


async def test_a_waiting_poll_is_woken_by_another_process(
    under_test: Engine, stream: Stream, place: Place
) -> None:
    async with member(stream, place) as consumer:
        await consumer.poll(max_records=1, wait=BRIEFLY)
        async with child(under_test, "publish", place.topic, "child") as publisher:
            waiting = asyncio.create_task(take(consumer, 1))
            await publisher.line()
            async with asyncio.timeout(1):
                await waiting


async def test_a_member_that_holds_stays_member_and_misses_nothing(stream: Stream, place: Place) -> None:
    quiet = f"{place.topic}-quiet"
    await stream.create_topics([TopicSpec(name=quiet, partitions=1)])
    bystander = await stream.consumer(group=f"{place.group}-quiet", topics=[quiet])
    async with member(stream, place) as consumer:
        await publish(stream, place.numbered(20))
        first = await take(consumer, 5)
        for _ in range(3):
            await consumer.hold()
            await bystander.poll(max_records=1, wait=timedelta(seconds=1))  # time passes
        await settle(consumer, first)
        assert values([*first, *await take(consumer, 15)]) == list(range(20))
    await bystander.close()


async def test_browsing_shows_every_record_and_joins_nothing(stream: Stream, place: Place) -> None:
    await publish(stream, place.numbered(250))
    async with member(stream, place) as consumer:
        await settle(consumer, await take(consumer, 50))
        assert values(await everything(stream, place.topic)) == list(range(250))
        lag = await stream.lag(group=place.group, topics=[place.topic])
        assert sum(lag.values()) == 200
        assert len(await take(consumer, 200)) == 200


async def test_browsing_an_empty_topic_ends_at_once(stream: Stream, place: Place) -> None:
    async with asyncio.timeout(10):
        assert await everything(stream, place.topic) == []


async def test_lag_counts_what_the_group_has_not_committed(stream: Stream, place: Place) -> None:
    await publish(stream, place.numbered(40))
    assert sum((await stream.lag(group=place.group, topics=[place.topic])).values()) == 40
    async with member(stream, place) as consumer:
        await settle(consumer, await take(consumer, 30))
        await take(consumer, 5)
        lag = await stream.lag(group=place.group, topics=[place.topic])
    assert sum(lag.values()) == 10
    assert sorted(lag) == [(place.topic, number) for number in range(place.partitions)]


async def test_a_stream_that_answers_passes_its_check(stream: Stream) -> None:
    await stream.check()


async def consumer_waits(waiting: asyncio.Task[object]) -> None:
    """Until the poll has looked, found nothing, and sleeps."""
    done, _ = await asyncio.wait([waiting], timeout=1)
    assert not done
