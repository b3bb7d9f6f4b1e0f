"""Feeds: what the operator configured, what we know of each, and what each poll saw."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.model.times import require_utc

EntryState = Literal["published", "revised", "unchanged", "duplicate", "too_old", "over_cap", "undecodable"]
PollOutcome = Literal[
    "new_entries",
    "no_new_entries",
    "not_modified",
    "same_body",
    "partial",
    "not_a_feed",
    "http_error",
    "unreachable",
    "blocked",
    "too_large",
    "parse_timeout",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed to watch. `interval` of None leaves the rhythm to the schedule; `id` derives from `url`."""

    id: str
    url: str
    name: str
    outlet: str
    language: str | None
    enabled: bool = True
    interval: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What the server gave us to ask "has it changed?", and the body's hash (sha256 hex)."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What we know of a feed between polls. `failures` counts consecutive failed polls."""

    feed_id: str
    validators: Validators
    next_poll_at: datetime
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    last_outcome: PollOutcome | None = None
    last_error: str | None = None
    failures: int = 0

    def __post_init__(self) -> None:
        require_utc(self, "next_poll_at", "last_poll_at", "last_success_at", "last_new_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One poll of one feed and what became of each entry it saw; `entries` sums to what the document held."""

    feed_id: str
    at: datetime
    outcome: PollOutcome
    status: int | None
    elapsed: timedelta
    entries: dict[EntryState, int]
    error: str | None = None

    def __post_init__(self) -> None:
        require_utc(self, "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """An entry published before: what tells a revision from a repeat."""

    feed_id: str
    entry_key: str
    story_id: str
    revision: int
    content_hash: str
    first_seen_at: datetime
    last_seen_at: datetime

    def __post_init__(self) -> None:
        require_utc(self, "first_seen_at", "last_seen_at")
