"""CPU work in processes that can be killed: hostile input may cost a worker, never the service."""

import asyncio
import ctypes
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from datetime import timedelta
from typing import Any, Final, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from shared.errors import WorkerCrashedError, WorkerTimeoutError

T = TypeVar("T")

START_SECONDS: Final = 30
"""How long starting a worker and handing it the task may take; after that the whole pool is replaced."""
CLOSE_SECONDS: Final = 10

_PR_SET_PDEATHSIG: Final = 1

log = structlog.get_logger()


class WorkerPool:
    """A fixed number of worker processes, started when first needed, each replaced when it dies.

    Workers are spawned, not forked, so the event loop's threads and locks are never copied. They ignore
    SIGINT (the parent decides when to stop) and die with the parent, even if that is killed.
    """

    def __init__(
        self,
        *,
        workers: int,
        initializer: Callable[..., None] | None = None,
        initargs: tuple[Any, ...] = (),
        memory_bytes: int | None = None,
    ) -> None:
        """`initializer` runs once in each worker; `memory_bytes` caps a worker's address space."""
        self._workers = workers
        self._setup = (os.getpid(), memory_bytes, initializer, initargs)
        # One task per worker at a time: then a task that does not start in time means a broken pool.
        self._free = asyncio.Semaphore(workers)
        self._pool: ProcessPool | None = None
        self._in_flight: dict[asyncio.Future[Any], ProcessPool] = {}
        self._closed = False

    async def run(self, function: Callable[..., T], *args: Any, deadline: timedelta) -> T:
        """The result of `function(*args)`, all picklable, or the exception it raised.

        The deadline counts from the moment a worker takes the task; waiting for a free worker is not part
        of it. Past it the worker is killed and WorkerTimeoutError raised; WorkerCrashedError if the worker
        died or ran out of memory, or the pool is closed. Cancelling kills the worker too.
        """
        async with self._free:
            pool = self._running()
            try:
                return await self._outcome(pool, function, args, deadline)
            except BrokenExecutor as error:
                self._discard(pool)
                raise WorkerCrashedError(f"{function.__name__}: {error}") from error

    async def close(self) -> None:
        """Stop the workers, whatever they are doing; bounded in time, never raises."""
        self._closed = True
        pool, self._pool = self._pool, None
        if pool is None:
            return
        stopping = self._stop(pool)
        await asyncio.to_thread(stopping.join, CLOSE_SECONDS)
        if stopping.is_alive():
            log.warning("workers_not_stopped", seconds=CLOSE_SECONDS)

    def _running(self) -> ProcessPool:
        if self._closed:
            raise WorkerCrashedError("the pool is closed")
        if self._pool is not None and not self._pool.active:
            self._discard(self._pool)
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=self._workers,
                initializer=_prepare,
                initargs=self._setup,
                context=multiprocessing.get_context("spawn"),
            )
        return self._pool

    async def _outcome(
        self, pool: ProcessPool, function: Callable[..., T], args: tuple[Any, ...], deadline: timedelta
    ) -> T:
        seconds = deadline.total_seconds()
        task = asyncio.wrap_future(pool.schedule(function, args=args, timeout=seconds))
        self._in_flight[task] = pool
        try:
            async with asyncio.timeout(seconds + START_SECONDS) as limit:
                return await task
        except TimeoutError as error:
            if limit.expired():
                self._discard(pool)
            raise WorkerTimeoutError(f"{function.__name__}: more than {seconds:g} s") from error
        except ProcessExpired as error:
            raise WorkerCrashedError(f"{function.__name__}: exit code {error.exitcode}") from error
        except (MemoryError, SystemExit, KeyboardInterrupt) as error:
            raise WorkerCrashedError(f"{function.__name__}: {type(error).__name__}") from error
        except asyncio.CancelledError as error:
            if _asked_to_cancel():
                raise
            raise WorkerCrashedError(f"{function.__name__}: its pool was stopped") from error
        finally:
            del self._in_flight[task]

    def _discard(self, pool: ProcessPool) -> None:
        if self._pool is pool:
            self._pool = None
            log.warning("worker_pool_replaced")
            self._stop(pool)

    def _stop(self, pool: ProcessPool) -> threading.Thread:
        """Stop it in the background; tasks it still has end with WorkerCrashedError."""
        for task in [task for task, owner in self._in_flight.items() if owner is pool]:
            task.cancel()
        thread = threading.Thread(target=_stop_and_join, args=(pool,), name="stop-workers", daemon=True)
        thread.start()
        return thread


def _asked_to_cancel() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _stop_and_join(pool: ProcessPool) -> None:
    stop: Callable[[], None] = pool.stop  # which publishes no types of its own
    stop()
    pool.join()


def _prepare(
    parent: int,
    memory_bytes: int | None,
    initializer: Callable[..., None] | None,
    initargs: tuple[Any, ...],
) -> None:
    """First thing in every worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A worker deep inside C code never runs a Python handler: the default action ends it at once.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with(parent)
    if memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    if initializer is not None:
        initializer(*initargs)


def _die_with(parent: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)
