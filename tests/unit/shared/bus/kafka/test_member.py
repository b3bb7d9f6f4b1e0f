"""One member of a group on a real broker, in the corners that the contract does not reach."""

import asyncio
import random
import uuid
from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.bus.kafka import KafkaLimits, KafkaStream
from shared.bus.kafka.consumer import KafkaConsumer
from shared.bus.kafka.drain import Drain
from shared.errors import PermanentError, StreamUnavailableError
from shared.ports import Consumer, StreamRecord, TopicSpec
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

LIVELY = KafkaLimits(
    heartbeat=timedelta(seconds=0.3),
    ask_every=timedelta(seconds=0.5),
    silent_after=timedelta(seconds=3),
    stuck_after=timedelta(seconds=3),
)


@pytest.fixture
def stream(kafka_broker: str) -> KafkaStream:
    return KafkaStream(kafka_broker, limits=LIVELY)


@pytest.fixture
async def place(stream: KafkaStream) -> Place:
    name = uuid.uuid4().hex
    await stream.create_topics([TopicSpec(name=name, partitions=4)])
    return Place(topic=name, group=name, partitions=4)


def inside(consumer: Consumer) -> KafkaConsumer:
    assert isinstance(consumer, KafkaConsumer)
    return consumer


async def poll_for_ever(consumer: Consumer) -> None:
    while True:
        await consumer.poll(max_records=10, wait=BRIEFLY)


async def test_who_joins_waits_for_the_batch_in_hand_and_nobody_gets_it_again(
    stream: KafkaStream, place: Place
) -> None:
    await publish(stream, place.numbered(40))
    async with member(stream, place) as busy:
        in_hand = await take(busy, 40)
        joining = asyncio.create_task(stream.consumer(group=place.group, topics=[place.topic]))
        await asyncio.wait({joining}, timeout=4)
        assert not joining.done()
        await settle(busy, in_hand)
        late = await asyncio.wait_for(joining, 60)
        await publish(stream, place.numbered(20))
        seen: list[StreamRecord] = []
        async with asyncio.timeout(60):
            while len(seen) < 20:
                for consumer in (busy, late):
                    seen += await consumer.poll(max_records=100, wait=BRIEFLY)
        assert values(seen) == list(range(20))
        await late.close()


async def test_polls_cancelled_at_any_moment_lose_nothing(stream: KafkaStream, place: Place) -> None:
    await publish(stream, place.numbered(400))
    dice, seen = random.Random(4), set[int]()
    async with member(stream, place) as consumer, asyncio.timeout(100):
        while len(seen) < 400:
            try:
                async with asyncio.timeout(dice.uniform(0, 0.03)):
                    records = await consumer.poll(max_records=20, wait=BRIEFLY)
            except TimeoutError:
                continue
            await settle(consumer, records)
            seen |= set(values(records))
        assert not any((await stream.lag(group=place.group, topics=[place.topic])).values())


class Interrupting(Drain):
    """Cancels the poll at the moment when it has taken records and not yet returned them."""

    polling: asyncio.Task[Sequence[StreamRecord]]

    def handed_out(self, records: Sequence[StreamRecord]) -> None:
        super().handed_out(records)
        if records:
            self.polling.cancel()


async def test_records_taken_by_a_poll_that_was_cancelled_come_again(
    stream: KafkaStream, place: Place
) -> None:
    await publish(stream, place.numbered(10))
    async with member(stream, place) as consumer:
        first = await take(consumer, 4)
        await settle(consumer, first)
        drain, inside(consumer)._drain = inside(consumer)._drain, Interrupting(LIVELY.drain)
        interrupting = inside(consumer)._drain
        assert isinstance(interrupting, Interrupting)
        interrupting.polling = asyncio.create_task(consumer.poll(max_records=6, wait=timedelta(seconds=20)))
        await asyncio.wait({interrupting.polling}, timeout=30)
        assert interrupting.polling.cancelled()
        assert interrupting.busy
        inside(consumer)._drain = drain
        assert values([*first, *await take(consumer, 6)]) == list(range(10))


async def test_many_holds_at_once_swallow_nothing(stream: KafkaStream, place: Place) -> None:
    await publish(stream, place.numbered(60))
    async with member(stream, place) as consumer:
        first = await take(consumer, 10)
        for _ in range(5):
            await asyncio.gather(*(consumer.hold() for _ in range(8)))
        rest = await take(consumer, 50)
        assert values([*first, *rest]) == list(range(60))


async def test_a_rewind_before_any_commit_goes_back_to_the_beginning(
    stream: KafkaStream, place: Place
) -> None:
    await publish(stream, place.numbered(30))
    async with member(stream, place) as consumer:
        await take(consumer, 30)
        await consumer.rewind()
        assert values(await take(consumer, 30)) == list(range(30))


async def test_a_consumer_that_silently_reads_no_more_is_rebuilt(stream: KafkaStream, place: Place) -> None:
    async with member(stream, place) as consumer:
        await consumer.poll(max_records=10, wait=BRIEFLY)
        fetcher = (await inside(consumer).join())._fetcher
        for task in (fetcher._fetch_task, *fetcher._pending_tasks):
            task.cancel()
        await publish(stream, place.numbered(10))
        async with asyncio.timeout(60):
            with pytest.raises(StreamUnavailableError):
                await poll_for_ever(consumer)
            assert values(await take(consumer, 10)) == list(range(10))


async def test_a_topic_that_does_not_exist_is_said_to_be_missing(stream: KafkaStream) -> None:
    with pytest.raises(PermanentError, match="no-such-topic"):
        await everything(stream, "no-such-topic")
    with pytest.raises(PermanentError, match="no-such-topic"):
        await stream.lag(group="group", topics=["no-such-topic"])


async def test_committing_nothing_is_allowed(stream: KafkaStream, place: Place) -> None:
    async with member(stream, place) as consumer:
        await consumer.commit({})
