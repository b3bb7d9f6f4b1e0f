"""What the services ask of the world outside: small Protocols, implemented by adapters in `shared/bus`.

Terms are Kafka's: a topic has partitions, a record has an offset in its partition, a consumer group commits
for each partition the offset it will read next. Every call either returns within its deadline or raises.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

Headers = tuple[tuple[str, bytes], ...]


class TopicPartition(NamedTuple):
    """One partition of one topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """A topic to create; `retention` of None keeps records for ever."""

    name: str
    partitions: int
    retention: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRecord:
    """A record to publish; records with the same key keep their order."""

    topic: str
    key: str
    value: bytes
    headers: Headers = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRecord:
    """A record as the stream holds it."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: Headers
    timestamp: datetime

    @property
    def source(self) -> TopicPartition:
        return TopicPartition(self.topic, self.partition)

    @property
    def next_offset(self) -> int:
        """What to commit once this record is done; naming it ends the off-by-one mistake."""
        return self.offset + 1

    def header(self, name: str) -> bytes | None:
        """The first header of that name, or None."""
        return next((value for key, value in self.headers if key == name), None)


class Publisher(Protocol):
    """Puts records on the stream."""

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        """Return once every record is durable, in order per key.

        Raises StreamUnavailableError when that is not known (some may be durable: publish all again), and
        RecordTooLargeError, before anything is sent, when a record exceeds the stream's limit.
        """

    async def close(self) -> None:
        """Give up connections; bounded in time, never raises."""


class Consumer(Protocol):
    """One member of a consumer group."""

    async def poll(self, *, max_records: int, wait: timedelta) -> Sequence[StreamRecord]:
        """The next records of the partitions assigned to this member, in offset order per partition.

        Waits up to `wait` when there are none, then returns an empty sequence. Records returned are not
        returned again unless the group rebalances before they are committed, or `rewind` is called. Raises
        StreamUnavailableError when the stream has not answered for some time.
        """

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        """Store the next offsets for the group. Raises CommitRefusedError or StreamUnavailableError."""

    async def rewind(self) -> None:
        """Forget what was polled and not committed: the next poll returns it again."""

    async def hold(self) -> None:
        """Stay a member without taking records; call at least every 30 s while not polling."""

    async def close(self) -> None:
        """Leave the group, so that others take over at once; bounded in time, never raises."""


class Stream(Protocol):
    """One stream engine: the embedded log or Kafka. Nothing above this port may know which."""

    async def create_topics(self, specs: Sequence[TopicSpec]) -> None:
        """Make the topics that do not exist yet. Raises StreamUnavailableError."""

    async def publisher(self) -> Publisher:
        """One more publisher; whoever asked closes it. Raises StreamUnavailableError."""

    async def consumer(self, *, group: str, topics: Sequence[str]) -> Consumer:
        """Join the group; the first read of a partition without committed offset starts at its beginning."""

    def browse(self, topic: str) -> AsyncIterator[StreamRecord]:
        """Every record the topic holds now, from the oldest, without joining a group."""
        ...

    async def lag(self, *, group: str, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
        """How many records each partition holds that the group has not committed."""

    async def check(self) -> None:
        """Raise StreamUnavailableError unless the engine answers within a few seconds."""

    async def close(self) -> None:
        """Give up what the engine itself holds; bounded in time, never raises."""
