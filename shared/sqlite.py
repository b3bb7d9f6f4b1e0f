"""A SQLite connection that cancellation cannot break.

aiosqlite runs every call on a thread. Cancelling the awaiting task does not stop the call; what is torn down
meanwhile can leak its thread, wait for ever (aiosqlite issue 259 and its kin) or keep the write lock. So
every call on this connection is waited for to its end, which is local and bounded by the busy timeout,
before the cancellation goes on; closing ends the transaction first; and closing twice is closing once.

Every call costs the event loop as much as a small query, so a statement with all its rows is one call.
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

    def cursor(self) -> "WholeCursor":  # type: ignore[override]  # the dialect needs no more of one
        return WholeCursor(self)

    async def rollback(self) -> None:
        if self._conn.in_transaction:
            await super().rollback()

    async def run(self, statement: Callable[[sqlite3.Connection], T]) -> T:
        """What `statement` makes of the connection, on its thread."""
        return await self._execute(statement, self._conn)

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
        future: _Call[T] = _Call(loop=asyncio.get_running_loop())
        self._tx.put_nowait((future, function))
        return await future


class WholeCursor:
    """A cursor as the SQLAlchemy dialect uses it, closed, with all rows read, once it has executed."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "WholeCursor":
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> "WholeCursor":
        await self._connection.run(lambda connection: self._take(connection.execute(sql, parameters)))
        return self

    async def executemany(self, sql: str, parameters: Any) -> "WholeCursor":
        await self._connection.run(lambda connection: self._take(connection.executemany(sql, parameters)))
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """It is closed already."""

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()


class _Call(asyncio.Future[T]):
    """Cannot be cancelled: who waits for it is cancelled once it is done."""

    def cancel(self, msg: Any | None = None) -> bool:  # noqa: ARG002 - asyncio's signature
        return False


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
