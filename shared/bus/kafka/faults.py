"""aiokafka's calls with a deadline, and its exceptions mapped to ours, once.

aiokafka has no deadlines of its own: with all brokers gone `commit`, `send_and_wait` and `stop` wait for
ever, and `stop` may raise CancelledError although nobody cancelled. Every call goes through `bounded`, every
stop through `quietly`. Neither uses `asyncio.wait_for`, which waits for ever for a call that swallows its
cancellation, as some of these do.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import structlog
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)

from shared.errors import CommitRefusedError, RecordTooLargeError, StreamUnavailableError

T = TypeVar("T")

GRACE_SECONDS = 1.0
RETRY_SECONDS = 0.1
# Beside its own errors aiokafka lets through what its internals trip over when a server comes or goes: the
# controller that is None, the connection that is no longer in its table, bytes it cannot parse.
TROUBLE = (KafkaError, OSError, AssertionError, AttributeError, LookupError, ValueError)
log = structlog.get_logger()


async def bounded(call: Awaitable[T], limit: timedelta, doing: str) -> T:
    """The call's result. Raises StreamUnavailableError past the limit, and ours for Kafka's errors."""
    task = await _run(call, limit)
    if not task.done():
        raise StreamUnavailableError(f"{doing}: no answer within {limit.total_seconds():g} s")
    try:
        return task.result()
    except asyncio.CancelledError as error:
        raise StreamUnavailableError(f"{doing}: no answer within {limit.total_seconds():g} s") from error
    except (CommitFailedError, IllegalStateError) as error:
        raise CommitRefusedError(f"{doing}: {error}") from error
    except (MessageSizeTooLargeError, RecordListTooLargeError) as error:
        raise RecordTooLargeError(f"{doing}: {error}") from error
    except TROUBLE as error:
        raise StreamUnavailableError(f"{doing}: {type(error).__name__} {error}") from error


async def quietly(call: Awaitable[object], limit: timedelta, doing: str) -> bool:
    """Wait for a stop, but no longer than the limit and whatever it raises; True if it went well."""
    task = await _run(call, limit)
    if not task.done() or task.cancelled():
        log.info("kafka_stop_failed", doing=doing, error=f"not within {limit.total_seconds():g} s")
        return False
    if error := task.exception():
        log.info("kafka_stop_failed", doing=doing, error=f"{type(error).__name__} {error}")
        return False
    return True


async def persistently(call: Callable[[], Awaitable[T]]) -> T:
    """The call's result, repeated while the cluster says "not yet"; for use inside `bounded`."""
    while True:
        try:
            return await call()
        except KafkaError as error:
            if not error.retriable:
                raise
        await asyncio.sleep(RETRY_SECONDS)


async def _run(call: Awaitable[T], limit: timedelta) -> asyncio.Future[T]:
    """The call, finished, or cancelled past the limit; left behind when it does not heed even that."""
    task = asyncio.ensure_future(call)
    try:
        await asyncio.wait({task}, timeout=limit.total_seconds())
    finally:
        if not task.done():
            task.add_done_callback(_forget)
            task.cancel()
    if not task.done():
        await asyncio.wait({task}, timeout=GRACE_SECONDS)
    return task


def _forget(task: asyncio.Future[T]) -> None:
    """Look at the error nobody waits for any more, or the event loop complains about it."""
    if not task.cancelled():
        task.exception()
