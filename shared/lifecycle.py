"""Starting and stopping: tasks that live together, signals that end them in good order."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta

import structlog

STOP_LIMIT = timedelta(seconds=40)
log = structlog.get_logger()


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT set `stop`."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


async def live_together(stop: asyncio.Event, *parts: Coroutine[object, object, None]) -> None:
    """Run the parts until `stop` is set or one of them ends, then let the others finish.

    Each part watches `stop` itself; one that has not ended within `STOP_LIMIT` is cancelled. Raises the first
    part's error.
    """
    tasks = [asyncio.create_task(part) for part in parts]
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await waiting
    _, late = await asyncio.wait(tasks, timeout=STOP_LIMIT.total_seconds())
    for task in late:
        log.warning("stopped_by_force", part=task.get_coro().__qualname__)  # type: ignore[union-attr]  # a task made from a coroutine has one
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
