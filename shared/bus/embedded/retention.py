"""Deletes records past their topic's retention, from the oldest on, a few at a time.

A record some known group has not committed is never deleted, however old; a group is known once it joined.
"""

import sqlite3
from datetime import datetime
from typing import NamedTuple

from shared.bus.embedded.schema import micros

BATCH = 500


class _Candidate(NamedTuple):
    partition: int
    keep_from_us: int
    floor: int


def sweep(connection: sqlite3.Connection, now: datetime) -> int:
    """Delete up to BATCH old records of each partition; how many were deleted (0: nothing is left to do)."""
    rows = connection.execute(
        "SELECT p.id, ? - t.retention_us, coalesce(min(s.next_offset), p.next_offset)"
        " FROM partitions p JOIN topics t ON t.name = p.topic"
        " LEFT JOIN positions s ON s.partition_id = p.id"
        " WHERE t.retention_us IS NOT NULL AND p.first_offset < p.next_offset GROUP BY p.id",
        (micros(now),),
    ).fetchall()
    return sum(_sweep_partition(connection, _Candidate(*row)) for row in rows)


def _sweep_partition(connection: sqlite3.Connection, candidate: _Candidate) -> int:
    """Only a run at the beginning goes, so that what stays is gapless even if the clock went back."""
    oldest = connection.execute(
        "SELECT offset, timestamp_us FROM records WHERE partition_id = ? AND offset < ?"
        " ORDER BY offset LIMIT ?",
        (candidate.partition, candidate.floor, BATCH),
    )
    end = None
    for offset, timestamp in oldest:
        if timestamp >= candidate.keep_from_us:
            break
        end = offset + 1
    if end is None:
        return 0
    connection.execute("UPDATE partitions SET first_offset = ? WHERE id = ?", (end, candidate.partition))
    return connection.execute(
        "DELETE FROM records WHERE partition_id = ? AND offset < ?", (candidate.partition, end)
    ).rowcount
