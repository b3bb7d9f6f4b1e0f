"""A SQLite connection that cancellation cannot break.

aiosqlite runs every call on a thread. Cancelling the awaiting task does not stop the call; what is torn down
meanwhile can leak its thread, wait for ever (aiosqlite issue 259 and its kin) or keep the write lock. So
every call on this connection is waited for to its end, which is local and bounded by the busy timeout,
before the cancellation goes on; closing ends the transaction first; and closing twice is closing once.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import aiosqlite

T = TypeVar("T")

BUSY_SECONDS = 30
PRAGMAS = (f"busy_timeout={BUSY_SECONDS * 1000}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


class SqliteConnection(aiosqlite.Connection):
    """What the SQLAlchemy dialect drives. It starts no transactions of its own and comes with our pragmas."""

    def __init__(self, path: str, **arguments: Any) -> None:
        super().__init__(partial(_connect, path, **arguments), iter_chunk_size=64)
        self._thread.daemon = True  # as SQLAlchemy does: a connection left open must not keep the process
        self._stopped: asyncio.Future[Any] | None = None

    async def _connect(self) -> "SqliteConnection":
        try:
            await self._on_thread(self._open)
        except BaseException:
            await self.close()
            raise
        return self

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        if self._connection is None or self._stopped is not None:
            raise ValueError("Connection closed")  # SQLAlchemy knows aiosqlite's own words for it
        return await self._on_thread(partial(fn, *args, **kwargs))

    async def close(self) -> None:
        stopped = self.stop()
        if stopped is not None:
            await _to_the_end(stopped)

    def stop(self) -> asyncio.Future[Any] | None:
        if self._stopped is None:
            self._tx.put_nowait((None, self._abandon))
            self._stopped = super().stop()
        return self._stopped

    def _open(self) -> None:
        self._connection = self._connector()

    def _abandon(self) -> None:
        """End the transaction: SQLite keeps a closed connection, and its lock, while a cursor lives on."""
        if self._connection is not None:
            self._connection.rollback()

    async def _on_thread(self, function: Callable[[], T]) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((future, function))
        return await _to_the_end(future)


def _connect(path: str, **arguments: Any) -> sqlite3.Connection:
    connection: sqlite3.Connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, **arguments
    )
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


async def _to_the_end(future: asyncio.Future[T]) -> T:
    """The future's result; a cancellation meanwhile is raised only once the future is done."""
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        future.exception()  # looked at, so that nobody complains that it was not
        raise cancelled
    result: T = future.result()
    return result
