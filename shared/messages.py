"""How values become records and back: JSON bodies under CloudEvents 1.0 binary-mode headers.

Each contract has a version. Within a version only optional fields are added, and readers ignore fields they
do not know; a breaking change is a new version, which readers that do not know it refuse.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec

from shared.errors import DecodeError, SchemaFromFutureError
from shared.model.alert import Alert
from shared.model.health import FeedEvent
from shared.model.story import Story
from shared.model.tag import TaggedStory
from shared.model.websub import FeedHub, FeedPush
from shared.ports import Headers, OutgoingRecord, StreamRecord
from shared.topics import ALERTS, FEED_EVENTS, FEED_HUBS, FEED_PUSHES, STORIES, TAGGED_STORIES

T = TypeVar("T")

WATCH = "dprk-russia"
"""The one watch there is; relevant stories are keyed by it, so that one process sees them in order."""

MAX_VALUE_BYTES = 1_000_000
"""Of a record's value, on either engine: Kafka's usual limit, less room for key and headers."""

TYPE_PREFIX = "org.pactwatch."


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(Generic[T]):
    """One kind of record: its name and version, its topic, the value inside, its key and its event id."""

    name: str
    version: int
    topic: str
    model: type[T]
    key: Callable[[T], str]
    event_id: Callable[[T], str]

    @property
    def type(self) -> str:
        """The CloudEvents type, such as `org.pactwatch.story.v1`."""
        return f"{TYPE_PREFIX}{self.name}.v{self.version}"

    @property
    def schema(self) -> str:
        """The CloudEvents dataschema."""
        return f"urn:pactwatch:schema:{self.name}:{self.version}"


STORY = Contract(
    name="story",
    version=1,
    topic=STORIES,
    model=Story,
    key=lambda story: story.id,
    event_id=lambda story: f"{story.id}.{story.revision}",
)
TAGGED_STORY = Contract(
    name="tagged-story",
    version=1,
    topic=TAGGED_STORIES,
    model=TaggedStory,
    key=lambda tagged: WATCH if tagged.tags.relevant else tagged.story.id,
    event_id=lambda tagged: f"{tagged.story.id}.{tagged.story.revision}",
)
ALERT = Contract(
    name="alert",
    version=1,
    topic=ALERTS,
    model=Alert,
    key=lambda alert: alert.event_id,
    event_id=lambda alert: alert.id,
)
FEED_EVENT = Contract(
    name="feed-event",
    version=1,
    topic=FEED_EVENTS,
    model=FeedEvent,
    key=lambda event: event.feed_id,
    event_id=lambda event: event.id,
)
FEED_HUB = Contract(
    name="feed-hub",
    version=1,
    topic=FEED_HUBS,
    model=FeedHub,
    key=lambda hub: hub.feed_id,
    event_id=lambda hub: f"{hub.feed_id}.{hub.at.isoformat()}",
)
FEED_PUSH = Contract(
    name="feed-push",
    version=1,
    topic=FEED_PUSHES,
    model=FeedPush,
    key=lambda push: push.feed_id,
    event_id=lambda push: push.id,
)


def encode(contract: Contract[T], value: T, *, source: str, now: datetime) -> OutgoingRecord:
    """The record that carries `value`; `source` names the service that says so, such as `/ingest`."""
    headers: Headers = (
        ("ce_specversion", b"1.0"),
        ("ce_id", contract.event_id(value).encode()),
        ("ce_source", source.encode()),
        ("ce_type", contract.type.encode()),
        ("ce_time", now.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()),
        ("ce_dataschema", contract.schema.encode()),
        ("content-type", b"application/json"),
    )
    return OutgoingRecord(
        topic=contract.topic, key=contract.key(value), value=msgspec.json.encode(value), headers=headers
    )


def decode(contract: Contract[T], record: StreamRecord) -> T:
    """The value in a record. Raises DecodeError, or SchemaFromFutureError for a version we do not know."""
    _check_type(contract, record)
    if len(record.value) > MAX_VALUE_BYTES:
        raise DecodeError(f"{_where(record)}: {len(record.value)} bytes, at most {MAX_VALUE_BYTES}")
    try:
        return msgspec.json.decode(record.value, type=contract.model)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise DecodeError(f"{_where(record)}: {error}") from error


def _check_type(contract: Contract[T], record: StreamRecord) -> None:
    found = (record.header("ce_type") or b"").decode("utf-8", "replace")
    if found == contract.type:
        return
    stem, _, version = found.rpartition(".v")
    if stem == TYPE_PREFIX + contract.name and version.isdecimal() and int(version) > contract.version:
        raise SchemaFromFutureError(f"{_where(record)}: {found}, this program knows {contract.type}")
    raise DecodeError(f"{_where(record)}: type {found[:80]!r}, expected {contract.type}")


def _where(record: StreamRecord) -> str:
    return f"{record.topic}[{record.partition}]@{record.offset}"
