"""Publishing to Kafka: acknowledged by all replicas in sync, or not known and said so."""

import asyncio
from collections.abc import Callable, Sequence

import structlog
from aiokafka import AIOKafkaProducer

from shared.bus.kafka.faults import bounded, quietly
from shared.bus.kafka.limits import KafkaLimits
from shared.bus.kafka.records import check_size
from shared.bus.kafka.takedown import abandon_producer, retire_producer, start
from shared.errors import StreamUnavailableError
from shared.ports import OutgoingRecord

log = structlog.get_logger()


class KafkaPublisher:
    """An idempotent producer that is replaced when it stops answering.

    aiokafka keeps an unacknowledged idempotent batch for ever, so a producer that missed its deadline is
    thrown away with what it holds; the caller publishes again, with the same ids.
    """

    def __init__(self, make_producer: Callable[[], AIOKafkaProducer], limits: KafkaLimits) -> None:
        self._make_producer = make_producer
        self._limits = limits
        self._producer: AIOKafkaProducer | None = None
        self._closed = False
        self._turn = asyncio.Lock()  # one batch at a time: order per key, and one failure to handle

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        for record in records:
            check_size(record)
        if not records:
            return
        async with self._turn:
            if self._closed:
                raise StreamUnavailableError("this publisher was closed")
            await self._publish(records)

    async def close(self) -> None:
        self._closed = True
        if not await quietly(self._turn.acquire(), self._limits.stop, "finish publishing"):
            return  # the publish under way has its own limit and takes its producer down
        try:
            producer, self._producer = self._producer, None
            if producer is not None:
                await retire_producer(producer, self._limits.stop)
        finally:
            self._turn.release()

    async def _publish(self, records: Sequence[OutgoingRecord]) -> None:
        fresh = self._producer is None
        producer = self._producer or self._make_producer()
        self._producer = None  # until it has done well
        try:
            await bounded(_deliver(producer, records, fresh=fresh), self._limits.publish, "publish")
            if not self._closed:
                self._producer = producer
        finally:
            if self._producer is None:
                if not fresh:
                    log.warning("kafka_producer_given_up")
                await abandon_producer(producer)


async def _deliver(producer: AIOKafkaProducer, records: Sequence[OutgoingRecord], *, fresh: bool) -> None:
    if fresh:
        await start(producer)
    acknowledgements: list[asyncio.Future[object]] = []
    try:
        for record in records:
            acknowledgement = await producer.send(
                record.topic, value=record.value, key=record.key.encode(), headers=list(record.headers)
            )
            acknowledgements.append(acknowledgement)
        await asyncio.gather(*acknowledgements)
    finally:
        for acknowledgement in acknowledgements:
            acknowledgement.cancel()
