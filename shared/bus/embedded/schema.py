"""The tables of the log file, and a connection that is safe for them.

A record's place is its partition's row and its offset. `positions` holds what each group reads next, from the
moment the group is known; `owners` says which member may read and commit a partition, `drain_until_us` being
set once the partition is promised to somebody else. Moments are microseconds since 1970, UTC.
"""

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.errors import PermanentError

VERSION = 1
WAL_BYTES = 64 * 1024 * 1024

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TABLES = (
    """CREATE TABLE topics (
        name TEXT PRIMARY KEY,
        retention_us INTEGER
    )""",
    """CREATE TABLE partitions (
        id INTEGER PRIMARY KEY,
        topic TEXT NOT NULL REFERENCES topics (name),
        number INTEGER NOT NULL,
        first_offset INTEGER NOT NULL DEFAULT 0,
        next_offset INTEGER NOT NULL DEFAULT 0,
        UNIQUE (topic, number)
    )""",
    """CREATE TABLE records (
        partition_id INTEGER NOT NULL REFERENCES partitions (id),
        offset INTEGER NOT NULL,
        key TEXT NOT NULL,
        headers BLOB NOT NULL,
        timestamp_us INTEGER NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (partition_id, offset)
    )""",
    """CREATE TABLE groups (
        name TEXT PRIMARY KEY,
        generation INTEGER NOT NULL
    )""",
    """CREATE TABLE members (
        id TEXT PRIMARY KEY,
        group_name TEXT NOT NULL,
        topics TEXT NOT NULL,
        lease_us INTEGER NOT NULL,
        lease_until_us INTEGER NOT NULL
    )""",
    "CREATE INDEX members_by_group ON members (group_name)",
    """CREATE TABLE owners (
        group_name TEXT NOT NULL,
        partition_id INTEGER NOT NULL REFERENCES partitions (id),
        member_id TEXT NOT NULL,
        generation INTEGER NOT NULL,
        drain_until_us INTEGER,
        PRIMARY KEY (group_name, partition_id)
    )""",
    """CREATE TABLE positions (
        group_name TEXT NOT NULL,
        partition_id INTEGER NOT NULL REFERENCES partitions (id),
        next_offset INTEGER NOT NULL,
        PRIMARY KEY (group_name, partition_id)
    )""",
    "CREATE INDEX positions_by_partition ON positions (partition_id)",
)


def micros(span: datetime | timedelta) -> int:
    """A moment as microseconds since 1970, or a span as microseconds."""
    return (span - _EPOCH if isinstance(span, datetime) else span) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """The inverse of `micros` for moments."""
    return _EPOCH + microseconds * _MICROSECOND


def connect(path: Path, *, busy: timedelta) -> sqlite3.Connection:
    """A connection to the log at `path`, made if need be; waits up to `busy` for other processes' locks.

    Raises sqlite3.Error or OSError, and PermanentError for a file that a newer program wrote.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=busy.total_seconds(), isolation_level=None)
    try:
        _use_wal(connection, busy)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA journal_size_limit={WAL_BYTES}")
        _create_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection, busy: timedelta) -> None:
    """Switch to WAL; when several processes do it at once SQLite refuses some without waiting."""
    deadline = time.monotonic() + busy.total_seconds()
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)  # this is the log's own thread, not the event loop
        else:
            return


def _create_tables(connection: sqlite3.Connection) -> None:
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    if (found := _version(connection)) > VERSION:
        connection.execute("ROLLBACK")
        raise PermanentError(f"the log file has version {found}, this program knows {VERSION}")
    if found < VERSION:
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={VERSION}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
