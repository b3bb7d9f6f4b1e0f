"""aiokafka's exceptions mapped to ours, once, and closing things that may not want to close.

aiokafka has no deadlines of its own: with all brokers gone `commit`, `send_and_wait` and `stop` wait for
ever, and `stop` may raise CancelledError although nobody cancelled. Every call goes through `bounded`, every
stop through `quietly`.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

import structlog
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.errors import CommitRefusedError, StreamUnavailableError

T = TypeVar("T")
log = structlog.get_logger()


async def bounded(call: Awaitable[T], limit: timedelta, doing: str) -> T:
    """The call's result. Raises StreamUnavailableError past the limit, and ours for Kafka's errors."""
    try:
        return await asyncio.wait_for(call, limit.total_seconds())
    except TimeoutError as error:
        raise StreamUnavailableError(f"{doing}: no answer within {limit.total_seconds():g} s") from error
    except (CommitFailedError, IllegalStateError) as error:
        raise CommitRefusedError(f"{doing}: {error}") from error
    except (KafkaError, OSError) as error:
        raise StreamUnavailableError(f"{doing}: {type(error).__name__} {error}") from error


async def quietly(call: Awaitable[object], limit: timedelta, doing: str) -> bool:
    """Wait for a stop, but no longer than the limit and whatever it raises; True if it went well."""
    try:
        await asyncio.wait_for(call, limit.total_seconds())
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        log.info("kafka_stop_failed", doing=doing, error="cancelled from inside")
        return False
    except Exception as error:  # noqa: BLE001 - nothing that fails while leaving may keep us from leaving
        log.info("kafka_stop_failed", doing=doing, error=f"{type(error).__name__} {error}")
        return False
    return True
