"""Records that kill their process: noticed because they were begun and never finished.

Before a partition's batch is handled, the first offset is written down. A process that dies leaves that
mark, and whoever begins at the same offset again learns how often it was begun. From the second time on the
partition is taken one record at a time, so that the mark points at the killer itself; after `LIMIT`
unfinished starts the record is given up unhandled.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from shared.dead_letter import Failure
from shared.ports import TopicPartition

LIMIT = 3


class UnfinishedRecords(Protocol):
    """The marks of one consumer group; they must survive the process."""

    async def begin(
        self, firsts: Mapping[TopicPartition, int], now: datetime
    ) -> Mapping[TopicPartition, int]:
        """Mark each partition as begun at that offset; answer how often in a row it was begun there."""
        ...

    async def done(self, partitions: Collection[TopicPartition], /) -> None:
        """Forget the marks: the records were finished, or given back alive."""


def is_suspect(starts: int) -> bool:
    """Begun here before and not finished: go one record at a time."""
    return starts > 1


def is_killer(starts: int) -> bool:
    """Begun here too often: do not touch it again."""
    return starts > LIMIT


def quarantine_failure(starts: int, now: datetime) -> Failure:
    """Why a killer is given up."""
    return Failure(
        error="ProcessKilledError",
        message=f"the process died {starts - 1} times while handling this record",
        attempts=starts - 1,
        first_at=now,
        last_at=now,
    )
