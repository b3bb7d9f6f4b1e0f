"""The log file, reached through one thread of its own: SQLite calls block, so no event loop makes them.

All SQL of a process runs in that thread one transaction after the other; other processes are kept apart by
SQLite's locks. Every SQLite error becomes StreamUnavailableError here and nowhere else.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from shared.errors import StreamUnavailableError

T = TypeVar("T")
Step = Callable[[sqlite3.Connection], T]
"""What one transaction does; it runs in the log's thread, and may run SQL only."""

CLOSE_SECONDS = 5


class LogFile:
    """One connection to one log file. Opened by the first use, and anew after an error."""

    def __init__(self, path: Path, connect: Callable[[Path], sqlite3.Connection]) -> None:
        self._path = path
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stream-log")
        self._closed = False

    async def read(self, step: Step[T]) -> T:
        """Run `step` on one consistent state. Raises StreamUnavailableError and what `step` raises."""
        return await self._run("BEGIN", step)

    async def write(self, step: Step[T]) -> T:
        """Run `step` as the only writer; durable when this returns, undone when it raises.

        Raises StreamUnavailableError (then the outcome is unknown) and what `step` raises. IMMEDIATE, since a
        transaction that reads first and writes later fails as soon as another process wrote in between.
        """
        return await self._run("BEGIN IMMEDIATE", step)

    async def close(self) -> None:
        """Close the file; bounded in time, never raises."""
        if self._closed:
            return
        self._closed = True
        closing = self._thread.submit(self._disconnect)
        self._thread.shutdown(wait=False)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await asyncio.wrap_future(closing)

    async def _run(self, begin: str, step: Step[T]) -> T:
        if self._closed:
            raise StreamUnavailableError(f"{self._path.name} is closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, begin, step)

    def _transact(self, begin: str, step: Step[T]) -> T:
        try:
            connection = self._connected()
            connection.execute(begin)
            try:
                outcome = step(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            self._disconnect()
            raise StreamUnavailableError(f"{self._path.name}: {error}") from error
        return outcome

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._connect(self._path)
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()  # rolls back whatever was open
