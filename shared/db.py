"""One database, SQLite or PostgreSQL, behind two verbs: `read` and `write`.

SQLite: WAL, every write transaction starts with BEGIN IMMEDIATE (a deferred one that reads first fails with
SQLITE_BUSY_SNAPSHOT whatever the timeout), synchronous=FULL because the stream's offsets, in another file,
must never survive effects that a power cut undid. Writers of one process queue on a lock instead of on
SQLite's busy handler, which sleeps and is unfair. PostgreSQL: server-side timeouts: no query waits for ever.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.errors import DatabaseUnavailableError
from shared.sqlite import SqliteConnection

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 20
CHECK_SECONDS = 5
TURN_SECONDS = 20
"""How long a write waits for the writes of this process before it; with SQLite's own wait for other
processes it stays below the deadline of a record, whose fault a slow or locked disk is not."""

SQLITE_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}
POSTGRES_UNAVAILABLE = (
    "08",  # the connection is lost
    "28",  # not let in: somebody changed a password, which must not cost a record
    "3D",  # no such database (yet)
    "40",  # serialization failure or deadlock: the same transaction again
    "53",  # out of disk, memory or connections
    "55P03",  # a lock not had in time
    "57",  # shutting down, starting up, crashed, or cancelled by a timeout
    "58",  # the server's disk fails
    "25006",  # a standby since a failover
    "25P03",  # our transaction was ended because this process stood still in it
)
"""SQLSTATE classes and codes; every other one blames the statement."""


class Database:
    """Connections to one database. Build it in a composition root, `close` it at the end."""

    def __init__(self, url: str, *, turn_seconds: float = TURN_SECONDS) -> None:
        """`url` as SQLAlchemy reads it: `sqlite+aiosqlite:///path` or `postgresql+asyncpg://…`."""
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        self._writers = asyncio.Lock() if self.is_sqlite else None
        self._turn_seconds = turn_seconds

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading one consistent state. Raises DatabaseUnavailableError."""
        async with _mapped_errors(), self.engine.connect() as connection:
            if not self.is_sqlite:  # READ COMMITTED would give each statement a state of its own
                await connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed when the block ends, rolled back when it raises.

        Raises DatabaseUnavailableError; if that happens at the commit, the outcome is unknown: do it again.
        """
        async with AsyncExitStack() as stack:
            if self._writers is not None:
                await self._take_turn(self._writers)
                stack.callback(self._writers.release)
            await stack.enter_async_context(_mapped_errors())
            connection = await stack.enter_async_context(self.engine.connect())
            await connection.execution_options(pactwatch_write=True)
            async with connection.begin():
                yield connection

    async def check(self) -> None:
        """Raise DatabaseUnavailableError unless the database answers within a few seconds."""
        try:
            async with asyncio.timeout(CHECK_SECONDS), self.read() as connection:
                await connection.execute(sa.text("SELECT 1"))
        except TimeoutError as error:
            raise DatabaseUnavailableError(f"no answer within {CHECK_SECONDS} s") from error

    async def close(self) -> None:
        """Give up every connection."""
        await self.engine.dispose()

    async def _take_turn(self, writers: asyncio.Lock) -> None:
        try:
            async with asyncio.timeout(self._turn_seconds):
                await writers.acquire()
        except TimeoutError as error:
            raise DatabaseUnavailableError(
                f"other writes have not ended within {self._turn_seconds:g} s"
            ) from error


def _sqlite_engine(url: str) -> AsyncEngine:
    # None is closed for being one too many: to open one anew costs more than most queries. A database in
    # memory has its one connection.
    in_memory = sa.make_url(url).database in (None, "", ":memory:")
    pool = {} if in_memory else {"pool_size": 15, "max_overflow": 0}
    engine = create_async_engine(url, **pool, connect_args={"async_creator_fn": SqliteConnection})
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("pactwatch_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _postgres_engine(url: str) -> AsyncEngine:
    timeouts = {
        "statement_timeout": str(STATEMENT_SECONDS * 1000),
        "idle_in_transaction_session_timeout": str(2 * STATEMENT_SECONDS * 1000),
    }
    return create_async_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=STATEMENT_SECONDS,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": STATEMENT_SECONDS + 5,
            "server_settings": timeouts,
        },
    )


@asynccontextmanager
async def _mapped_errors() -> AsyncIterator[None]:
    try:
        yield
    except DBAPIError as error:
        if _means_unavailable(error):
            raise DatabaseUnavailableError(_first_line(error)) from error
        raise
    except (PoolTimeoutError, OSError, asyncio.IncompleteReadError) as error:
        raise DatabaseUnavailableError(_first_line(error)) from error


def _means_unavailable(error: DBAPIError) -> bool:
    """The database is gone, full, locked or not itself; the statement is not to blame."""
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_IOERR) & 0xFF in SQLITE_UNAVAILABLE
    state = getattr(error.orig, "sqlstate", None)
    return state.startswith(POSTGRES_UNAVAILABLE) if state else isinstance(error, sa.exc.InterfaceError)


def _first_line(error: BaseException | SQLAlchemyError) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
