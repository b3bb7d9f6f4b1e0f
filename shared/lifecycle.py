"""Starting and stopping: tasks that live together, signals that end them in good order."""

import asyncio
import signal
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta

import structlog

from shared.errors import TransientError

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
    part's error, and TransientError when a part ended before `stop` was set: a process that lacks a part must
    not end as if all were well, or nobody starts it again. Cancelling ends the parts too.
    """
    tasks = [asyncio.create_task(part) for part in parts]
    waiting = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
        early = [] if stop.is_set() else [_name(task) for task in tasks if task.done()]
        stop.set()
        await waiting
        await _ended(tasks)
    finally:
        for task in (*tasks, waiting):
            task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
    if early:
        raise TransientError(f"{', '.join(early)} ended without being told to")


async def _ended(tasks: Sequence["asyncio.Task[None]"]) -> None:
    _, late = await asyncio.wait(tasks, timeout=STOP_LIMIT.total_seconds())
    for task in late:
        log.warning("stopped_by_force", part=_name(task))


def _name(task: "asyncio.Task[None]") -> str:
    coroutine = task.get_coro()
    return str(getattr(coroutine, "__qualname__", coroutine))
