"""Topics and their records in SQL: every function is one step of a transaction."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from aiokafka.partitioner import DefaultPartitioner

from shared.bus.embedded.schema import micros, moment
from shared.errors import PermanentError
from shared.ports import Headers, OutgoingRecord, StreamRecord, TopicPartition, TopicSpec

_PARTITIONER = DefaultPartitioner()
_HEADERS = msgspec.msgpack.Decoder(Headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """A partition and the offsets it holds: from `first` up to, not including, `end`."""

    id: int
    source: TopicPartition
    first: int
    end: int


def partition_for(key: str, partitions: int) -> int:
    """The partition of `key`: Kafka's default, so that both engines place a key alike."""
    numbers = range(partitions)
    return int(_PARTITIONER(key.encode(), numbers, numbers))


def create_topics(connection: sqlite3.Connection, specs: Sequence[TopicSpec]) -> None:
    """Make the topics that do not exist; those that do are left as they are."""
    for spec in specs:
        if spec.partitions < 1:
            raise PermanentError(f"topic {spec.name!r} needs at least one partition")
        retention = None if spec.retention is None else micros(spec.retention)
        made = connection.execute(
            "INSERT OR IGNORE INTO topics VALUES (?, ?)", (spec.name, retention)
        ).rowcount
        if made:
            rows = ((spec.name, number) for number in range(spec.partitions))
            connection.executemany("INSERT INTO partitions (topic, number) VALUES (?, ?)", rows)


def extents(connection: sqlite3.Connection, topics: Iterable[str]) -> dict[str, tuple[Extent, ...]]:
    """The partitions of each topic, in order. Raises PermanentError for a topic that does not exist."""
    return {topic: _extents(connection, topic) for topic in topics}


def append(connection: sqlite3.Connection, records: Sequence[OutgoingRecord], now: datetime) -> None:
    """Give every record the next offset of its key's partition, in the order given."""
    partitions = extents(connection, {record.topic for record in records})
    ends: dict[int, int] = {}
    rows: list[tuple[int, int, str, bytes, int, bytes]] = []
    timestamp = micros(now)
    for record in records:
        choices = partitions[record.topic]
        chosen = choices[partition_for(record.key, len(choices))]
        offset = ends.get(chosen.id, chosen.end)
        ends[chosen.id] = offset + 1
        headers = msgspec.msgpack.encode(record.headers)
        rows.append((chosen.id, offset, record.key, headers, timestamp, record.value))
    connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", rows)
    changes = [(end, identity) for identity, end in ends.items()]
    connection.executemany("UPDATE partitions SET next_offset = ? WHERE id = ?", changes)


def read(
    connection: sqlite3.Connection, partition: int, source: TopicPartition, *, start: int, limit: int
) -> Iterator[StreamRecord]:
    """Up to `limit` records from offset `start` on, read as they are asked for."""
    rows = connection.execute(
        "SELECT offset, key, headers, timestamp_us, value FROM records"
        " WHERE partition_id = ? AND offset >= ? ORDER BY offset LIMIT ?",
        (partition, start, limit),
    )
    for offset, key, headers, timestamp, value in rows:
        yield StreamRecord(
            topic=source.topic,
            partition=source.partition,
            offset=offset,
            key=key,
            value=value,
            headers=_HEADERS.decode(headers),
            timestamp=moment(timestamp),
        )


def lag(connection: sqlite3.Connection, group: str, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
    """How many records each partition holds that `group` has not committed; all, for a group never seen."""
    positions: defaultdict[int, int] = defaultdict(int)
    positions.update(
        connection.execute("SELECT partition_id, next_offset FROM positions WHERE group_name = ?", (group,))
    )
    every = (extent for partitions in extents(connection, topics).values() for extent in partitions)
    return {extent.source: extent.end - max(positions[extent.id], extent.first) for extent in every}


def _extents(connection: sqlite3.Connection, topic: str) -> tuple[Extent, ...]:
    rows = connection.execute(
        "SELECT id, number, first_offset, next_offset FROM partitions WHERE topic = ? ORDER BY number",
        (topic,),
    )
    found = tuple(
        Extent(id=identity, source=TopicPartition(topic, number), first=first, end=end)
        for identity, number, first, end in rows
    )
    if not found:
        raise PermanentError(f"topic {topic!r} does not exist")
    return found
