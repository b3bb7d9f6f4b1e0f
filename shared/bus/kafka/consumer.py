"""One member of a Kafka consumer group, rebuilt when it falls silent."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition

from shared.bus.kafka.drain import Drain
from shared.bus.kafka.faults import bounded
from shared.bus.kafka.limits import KafkaLimits, milliseconds
from shared.bus.kafka.records import received
from shared.bus.kafka.supervisor import Supervisor
from shared.bus.kafka.takedown import retire_consumer, start
from shared.errors import CommitRefusedError, StreamUnavailableError
from shared.model.times import Clock
from shared.ports import StreamRecord, TopicPartition

REBALANCE_MARGIN = timedelta(seconds=1)
log = structlog.get_logger()


class KafkaConsumer:
    """Implements `shared.ports.Consumer`; not for use by two tasks at once, but for `hold`."""

    def __init__(
        self,
        make_consumer: Callable[[], AIOKafkaConsumer],
        topics: Sequence[str],
        clock: Clock,
        limits: KafkaLimits,
    ) -> None:
        self._make_consumer = make_consumer
        self._topics = list(topics)
        self._clock = clock
        self._limits = limits
        self._consumer: AIOKafkaConsumer | None = None
        self._drain = Drain(limits.drain)
        self._supervisor = Supervisor(clock(), limits)
        self._closed = False
        self._holding = False
        self._lost_track = False  # a poll was cancelled with records already taken

    async def join(self) -> AIOKafkaConsumer:
        """The running consumer, started if need be. Raises StreamUnavailableError."""
        if self._consumer is not None:
            return self._consumer
        if self._closed:
            raise StreamUnavailableError("this consumer was closed")
        self._drain = Drain(self._limits.drain)
        consumer = self._make_consumer()
        try:
            consumer.subscribe(self._topics, listener=self._drain)
            await bounded(start(consumer), self._limits.start, "join the group")
            self._consumer = consumer
        finally:
            if self._consumer is None:
                await retire_consumer(consumer, self._limits.stop)
        self._supervisor = Supervisor(self._clock(), self._limits)
        self._lost_track = False
        return consumer

    async def poll(self, *, max_records: int, wait: timedelta) -> Sequence[StreamRecord]:
        consumer = await self.join()
        self._drain.settled()
        self._supervisor.polling(self._clock())
        try:
            if self._lost_track:
                await self.rewind()
            records = await self._fetch(consumer, max_records, wait)
        except asyncio.CancelledError:
            self._lost_track |= self._drain.busy
            raise
        except (StreamUnavailableError, CommitRefusedError) as error:
            await self._failed(error)
            raise StreamUnavailableError(str(error)) from error
        self._supervisor.polled(self._clock())
        await self._judge()
        return records

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        if self._consumer is None:
            raise CommitRefusedError("the consumer was rebuilt")
        if not positions:
            return
        offsets = {KafkaPartition(*source): position for source, position in positions.items()}
        try:
            await bounded(self._consumer.commit(offsets), self._limits.commit, "commit")
        except StreamUnavailableError as error:
            await self._failed(error)
            raise
        self._supervisor.committed()
        self._drain.committed(positions)

    async def rewind(self) -> None:
        self._drain.settled()
        if self._consumer is None:
            return  # the next one starts at the commits
        for partition in self._consumer.assignment():
            try:
                await bounded(_seek_to_commit(self._consumer, partition), self._limits.ask, "rewind")
            except CommitRefusedError:  # it went to another member, which starts at the commit
                log.debug("rewind_overtaken", topic=partition.topic, partition=partition.partition)
        self._lost_track = False

    async def hold(self) -> None:
        if self._consumer is None or self._holding:
            return  # no membership to keep, or somebody is keeping it
        self._holding = True
        try:
            await bounded(_touch(self._consumer), self._limits.hold, "hold")
        except StreamUnavailableError as error:  # or a rebalance is under way: nothing to be done but wait
            log.debug("hold_failed", error=str(error))
        finally:
            self._holding = False

    async def close(self) -> None:
        self._closed = True
        await self._leave()

    async def _leave(self) -> None:
        consumer, self._consumer = self._consumer, None
        self._drain.settled()
        if consumer is not None:
            await retire_consumer(consumer, self._limits.stop)

    async def _fetch(
        self, consumer: AIOKafkaConsumer, max_records: int, wait: timedelta
    ) -> list[StreamRecord]:
        limit = wait + 2 * REBALANCE_MARGIN
        records = await bounded(self._take(consumer, max_records, wait), limit, "poll")
        now = self._clock()
        if records:
            self._supervisor.moved(now)
        elif self._supervisor.should_ask(now):
            lag = await bounded(_lag(consumer), self._limits.ask, "ask for end offsets")
            self._supervisor.answered(lag, self._clock())
        return records

    async def _take(
        self, consumer: AIOKafkaConsumer, max_records: int, wait: timedelta
    ) -> list[StreamRecord]:
        try:
            async with asyncio.timeout((wait + REBALANCE_MARGIN).total_seconds()):
                batches = await consumer.getmany(timeout_ms=milliseconds(wait), max_records=max_records)
        except TimeoutError:
            return []  # a rebalance is under way: nothing is assigned, and aiokafka would wait for its end
        records = [received(raw) for batch in batches.values() for raw in batch]
        self._drain.handed_out(records)
        return records

    async def _failed(self, error: Exception) -> None:
        log.debug("kafka_call_failed", error=str(error))
        self._supervisor.failed(self._clock())
        self._supervisor.polled(self._clock())
        await self._judge()

    async def _judge(self) -> None:
        """Give up a consumer that is not sound, and raise StreamUnavailableError; the next poll rebuilds."""
        wrong = self._supervisor.verdict(self._clock())
        if wrong is not None:
            log.warning("kafka_consumer_given_up", reason=wrong)
            await self._leave()
            raise StreamUnavailableError(wrong)


async def _seek_to_commit(consumer: AIOKafkaConsumer, partition: KafkaPartition) -> None:
    # Not aiokafka's seek_to_committed: it leaves a partition without a commit where it is.
    committed = await consumer.committed(partition)
    if committed is None:
        await consumer.seek_to_beginning(partition)
    else:
        consumer.seek(partition, committed)


async def _touch(consumer: AIOKafkaConsumer) -> None:
    """Poll, which keeps the membership, and put back what came."""
    batches = await consumer.getmany(timeout_ms=0)
    for partition, records in batches.items():
        consumer.seek(partition, records[0].offset)


async def _lag(consumer: AIOKafkaConsumer) -> int:
    """How many records of its partitions a member has not been given."""
    assigned = list(consumer.assignment())
    if not assigned:
        await consumer.topics()  # do the brokers answer?
        return 0
    ends = await consumer.end_offsets(assigned)
    return sum([end - await consumer.position(partition) for partition, end in ends.items()])
