"""Starting and ending aiokafka's clients: in good order if they will, else taken apart.

A client whose `stop` hangs or fails half-way leaves tasks and connections behind that try to reach the
brokers for ever. aiokafka keeps no list of its tasks and has no way to give up, so this module, and no other,
knows its inside: a task belongs to the object whose method it runs.
"""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from shared.bus.kafka.faults import quietly
from shared.errors import StreamUnavailableError

LEAVE_LIMIT = timedelta(seconds=2)
ROUNDS = 3
ROUND_SECONDS = 0.5
log = structlog.get_logger()


async def start(client: AIOKafkaConsumer | AIOKafkaProducer | AIOKafkaAdminClient) -> None:
    """Start the client; for use inside `bounded`, since aiokafka forgets a connection when cancelled here."""
    try:
        await client.start()
    except asyncio.CancelledError as error:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            connection = frame.f_locals.get("bootstrap_conn")
            if connection is not None:
                _cut(connection)
        raise


async def retire_consumer(consumer: AIOKafkaConsumer, limit: timedelta) -> None:
    """Leave the group and close; afterwards nothing of the consumer runs."""
    await _retire(consumer.stop, lambda: _take_apart_consumer(consumer), limit, "stop consumer")


async def retire_producer(producer: AIOKafkaProducer, limit: timedelta) -> None:
    """Close; afterwards nothing of the producer runs, and what it had not sent is given up."""
    await _retire(producer.stop, lambda: abandon_producer(producer), limit, "stop producer")


async def retire_admin(admin: AIOKafkaAdminClient, limit: timedelta) -> None:
    """Close; afterwards nothing of the client runs."""
    await _retire(admin.close, lambda: _take_apart(admin._client), limit, "close admin client")  # noqa: SLF001


async def abandon_producer(producer: AIOKafkaProducer) -> None:
    """Give up at once a producer that holds batches no broker acknowledges."""
    producer._closed = True  # noqa: SLF001 - or it complains of not having been stopped
    accumulator = producer._message_accumulator  # noqa: SLF001
    batches = [*accumulator._pending_batches, *(b for q in accumulator._batches.values() for b in q)]  # noqa: SLF001
    accumulator.fail_all(StreamUnavailableError("producer abandoned"))
    for batch in batches:
        _look_at(batch._drain_waiter)  # noqa: SLF001
    await _take_apart(producer.client, producer._sender, accumulator)  # noqa: SLF001


async def _retire(
    stop: Callable[[], Awaitable[None]],
    otherwise: Callable[[], Awaitable[None]],
    limit: timedelta,
    doing: str,
) -> None:
    stopped = False
    try:
        stopped = await quietly(stop(), limit, doing)
    finally:  # also when we are cancelled while waiting
        if not stopped:
            await otherwise()


async def _take_apart_consumer(consumer: AIOKafkaConsumer) -> None:
    consumer._closed = True  # noqa: SLF001 - or it complains of not having been stopped
    client, coordinator = consumer._client, consumer._coordinator  # noqa: SLF001
    await _take_apart(client, coordinator, consumer._fetcher)  # noqa: SLF001
    if coordinator is not None and coordinator.coordinator_id is not None:
        # The connection it had may have been busy with a rebalance: tell the others on a new one.
        await quietly(coordinator._maybe_leave_group(), LEAVE_LIMIT, "leave group")  # noqa: SLF001
        await _take_apart(client, coordinator)


async def _take_apart(client: Any, *workers: object) -> None:  # aiokafka publishes no types
    """Cancel every task that works for the client and cut its connections."""
    owners = {id(owner) for owner in (client, *workers) if owner is not None}
    for _ in range(ROUNDS):  # some swallow the first cancellation
        tasks = {task for task in asyncio.all_tasks() if id(_worker(task)) in owners}
        for task in tasks:
            task.cancel()
        while client._conns:  # noqa: SLF001
            _cut(client._conns.popitem()[1])  # noqa: SLF001
        if not tasks:
            return
        done, _ = await asyncio.wait(tasks, timeout=ROUND_SECONDS)
        for task in done:
            _look_at(task)
    log.warning("kafka_tasks_left", tasks=len(tasks))


def _worker(task: "asyncio.Task[Any]") -> object:
    """The object whose coroutine method the task runs."""
    frame = getattr(task.get_coro(), "cr_frame", None)
    return None if frame is None else frame.f_locals.get("self")


def _cut(connection: Any) -> None:
    writer = connection._writer  # noqa: SLF001
    if writer is not None:
        writer.transport.abort()  # closing would wait until a hanging broker has read what was written
    connection.close()


def _look_at(future: "asyncio.Future[Any]") -> None:
    """An error that nobody looked at makes the event loop complain."""
    if future.done() and not future.cancelled():
        future.exception()
