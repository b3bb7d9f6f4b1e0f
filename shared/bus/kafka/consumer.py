"""One member of a Kafka consumer group, rebuilt when it falls silent."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition

from shared.bus.kafka.drain import Drain
from shared.bus.kafka.faults import bounded, quietly
from shared.bus.kafka.records import received
from shared.bus.kafka.supervisor import Supervisor
from shared.errors import CommitRefusedError, StreamUnavailableError
from shared.model.times import Clock
from shared.ports import StreamRecord, TopicPartition

START_LIMIT = timedelta(seconds=60)
POLL_LIMIT = timedelta(seconds=30)
ASK_LIMIT = timedelta(seconds=10)
COMMIT_LIMIT = timedelta(seconds=10)
STOP_LIMIT = timedelta(seconds=15)
log = structlog.get_logger()


class KafkaConsumer:
    """Implements `shared.ports.Consumer`; not for use by two tasks at once, but for `hold`."""

    def __init__(
        self, make_consumer: Callable[[], AIOKafkaConsumer], topics: Sequence[str], clock: Clock
    ) -> None:
        self._make_consumer = make_consumer
        self._topics = list(topics)
        self._clock = clock
        self._consumer: AIOKafkaConsumer | None = None
        self._drain = Drain()
        self._holding = asyncio.Lock()  # two holds at once could resume under each other and swallow records
        self._supervisor = Supervisor(heard_at=clock(), moved_at=clock())

    async def join(self) -> AIOKafkaConsumer:
        """The running consumer, started if need be. Raises StreamUnavailableError."""
        if self._consumer is not None:
            return self._consumer
        consumer = self._make_consumer()
        self._drain = Drain()
        consumer.subscribe(self._topics, listener=self._drain)
        try:
            await bounded(consumer.start(), START_LIMIT, "start consumer")
        except (StreamUnavailableError, asyncio.CancelledError):
            await quietly(consumer.stop(), STOP_LIMIT, "stop consumer")
            raise
        self._supervisor = Supervisor(heard_at=self._clock(), moved_at=self._clock())
        self._consumer = consumer
        return consumer

    async def poll(self, *, max_records: int, wait: timedelta) -> Sequence[StreamRecord]:
        consumer = await self.join()
        self._drain.settled()
        records = await self._fetch(consumer, max_records, wait)
        if records:
            self._supervisor.records_arrived(self._clock())
            self._drain.handed_out(records)
        else:
            await self._supervise(consumer)
        return records

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        if self._consumer is None:
            raise CommitRefusedError("the consumer was rebuilt")
        offsets = {KafkaPartition(*source): position for source, position in positions.items()}
        await bounded(self._consumer.commit(offsets), COMMIT_LIMIT, "commit")
        self._drain.committed(positions)

    async def rewind(self) -> None:
        self._drain.settled()
        consumer = await self.join()
        for partition in consumer.assignment():
            try:
                await self._rewind(consumer, partition)
            except CommitRefusedError:  # it went to another member, which starts at the commit
                log.debug("rewind_overtaken", topic=partition.topic, partition=partition.partition)

    @staticmethod
    async def _rewind(consumer: AIOKafkaConsumer, partition: KafkaPartition) -> None:
        # Not aiokafka's seek_to_committed: it leaves a partition without a commit where it is.
        committed = await bounded(consumer.committed(partition), COMMIT_LIMIT, "ask for committed offset")
        if committed is None:
            await bounded(consumer.seek_to_beginning(partition), COMMIT_LIMIT, "seek to beginning")
        elif partition in consumer.assignment():
            consumer.seek(partition, committed)

    async def hold(self) -> None:
        async with self._holding:
            consumer = await self.join()
            assigned = consumer.assignment()
            consumer.pause(*assigned)
            try:
                await bounded(consumer.getmany(timeout_ms=0), POLL_LIMIT, "hold")
            finally:
                consumer.resume(*(assigned & consumer.assignment()))

    async def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        self._drain.settled()
        if consumer is not None:
            await quietly(consumer.stop(), STOP_LIMIT, "stop consumer")

    async def _fetch(
        self, consumer: AIOKafkaConsumer, max_records: int, wait: timedelta
    ) -> list[StreamRecord]:
        fetch = consumer.getmany(timeout_ms=round(wait.total_seconds() * 1000), max_records=max_records)
        try:
            batches = await bounded(fetch, POLL_LIMIT + wait, "poll")
        except (StreamUnavailableError, CommitRefusedError) as error:
            # Also while others take their time to rebalance: the supervisor decides whether to worry.
            log.debug("poll_failed", error=str(error))
            await asyncio.sleep(wait.total_seconds())  # an error that comes at once must not spin
            return []
        return [received(raw) for records in batches.values() for raw in records]

    async def _supervise(self, consumer: AIOKafkaConsumer) -> None:
        now = self._clock()
        if self._supervisor.should_ask(now):
            self._supervisor.asked(now)
            await self._ask(consumer)
        wrong = self._supervisor.verdict(self._clock())
        if wrong is not None:
            log.warning("kafka_consumer_rebuilt", reason=wrong)
            await self.close()
            raise StreamUnavailableError(wrong)

    async def _ask(self, consumer: AIOKafkaConsumer) -> None:
        assigned = consumer.assignment()
        try:
            if not assigned:
                await bounded(consumer.topics(), ASK_LIMIT, "ask for topics")
                self._supervisor.answered(0, self._clock())
                return
            ends = await bounded(consumer.end_offsets(list(assigned)), ASK_LIMIT, "ask for end offsets")
            lag = 0
            for partition, end in ends.items():
                position = await bounded(consumer.position(partition), ASK_LIMIT, "ask for position")
                lag += end - position
            self._supervisor.answered(lag, self._clock())
        except (StreamUnavailableError, CommitRefusedError) as error:
            log.warning("kafka_silent", error=str(error))
