"""Publishing to Kafka: acknowledged by all replicas in sync, or not known and said so."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from aiokafka import AIOKafkaProducer

from shared.bus.kafka.faults import bounded, quietly
from shared.errors import RecordTooLargeError, StreamUnavailableError
from shared.messages import MAX_VALUE_BYTES
from shared.ports import OutgoingRecord

SEND_LIMIT = timedelta(seconds=30)
START_LIMIT = timedelta(seconds=30)
STOP_LIMIT = timedelta(seconds=10)
log = structlog.get_logger()


class KafkaPublisher:
    """An idempotent producer that is replaced when it stops answering.

    aiokafka keeps an unacknowledged idempotent batch for ever, so a producer that missed a deadline is thrown
    away with what it holds; the caller publishes again, with the same ids.
    """

    def __init__(self, make_producer: Callable[[], AIOKafkaProducer]) -> None:
        self._make_producer = make_producer
        self._producer: AIOKafkaProducer | None = None
        self._turn = asyncio.Lock()  # one batch at a time: order per key, and one failure to handle

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        for record in records:
            if len(record.value) > MAX_VALUE_BYTES:
                raise RecordTooLargeError(f"{len(record.value)} bytes for {record.topic}")
        async with self._turn:
            try:
                producer = await self._started()
                await bounded(self._send(producer, records), SEND_LIMIT, "publish")
            except (StreamUnavailableError, asyncio.CancelledError):
                await self._discard()
                raise

    async def close(self) -> None:
        async with self._turn:
            await self._discard()

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = self._make_producer()
            await bounded(self._producer.start(), START_LIMIT, "start producer")
        return self._producer

    @staticmethod
    async def _send(producer: AIOKafkaProducer, records: Sequence[OutgoingRecord]) -> None:
        acknowledgements = [
            await producer.send(
                record.topic, value=record.value, key=record.key.encode(), headers=list(record.headers)
            )
            for record in records
        ]
        await asyncio.gather(*acknowledgements)

    async def _discard(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        if not await quietly(producer.stop(), STOP_LIMIT, "stop producer"):
            await _abandon(producer)


async def _abandon(producer: AIOKafkaProducer) -> None:
    """Take apart a producer whose `stop` waits for batches no broker will acknowledge."""
    lost = StreamUnavailableError("producer abandoned")
    producer._message_accumulator.fail_all(lost)  # noqa: SLF001 - aiokafka offers no other way to give up
    await quietly(producer._sender.close(), STOP_LIMIT, "stop sender")  # noqa: SLF001 - likewise
    await quietly(producer.client.close(), STOP_LIMIT, "close client")
    log.warning("kafka_producer_abandoned")
