"""Feeds: what the operator configured, what we know of each, and what each poll saw."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from shared.model.health import FeedCause, FeedHealth, Rhythm
from shared.model.times import require_utc

EntryState = Literal["published", "revised", "unchanged", "duplicate", "too_old", "over_cap", "undecodable"]
PollOutcome = Literal[
    "new_entries",
    "no_new_entries",
    "not_modified",
    "same_body",
    "partial",
    "not_a_feed",
    "page_instead",
    "http_error",
    "refused",
    "gone",
    "busy",
    "unreachable",
    "blocked",
    "too_large",
    "parse_timeout",
]
"""How a poll ended. The first four are successes.

`page_instead`: an HTML page, such as a bot challenge; `refused`: 401, 403, 451; `gone`: 404, 410; `busy`:
429, 503; `blocked`: our own guard refused the address; `http_error`: any other answer that is no document.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed to watch. `interval` of None leaves the rhythm to the schedule; `id` derives from `url`.

    `owner` is who controls the outlet (outlets of one owner are not independent), `country` an ISO 3166 code
    in capitals, `tier` how much the outlet's word weighs: 1 primary or wire, 2 established, 3 other.
    """

    id: str
    url: str
    name: str
    outlet: str
    language: str | None
    enabled: bool = True
    interval: timedelta | None = None
    owner: str | None = None
    country: str | None = None
    tier: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What the server gave us to ask "has it changed?", and the body's hash (sha256 hex)."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where permanent redirects (301, 308) have led lately: `answers` in a row that agreed, since when; 0 if
    strange entries came from there."""

    to: str
    since: datetime
    answers: int

    def __post_init__(self) -> None:
        require_utc(self, "since")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The last good document of a feed: when it was read, and what it held."""

    at: datetime
    entries: int
    size: int
    format: str
    newest_at: datetime | None = None
    newest_title: str = ""

    def __post_init__(self) -> None:
        require_utc(self, "at", "newest_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What we know of a feed between polls.

    - `interval`: the adaptive rhythm, None before the first document.
    - `address`: where it is asked, once a move was adopted; None means the configured address.
    - `last_cause`: why the last poll gave no document; `last_error` says it in words.
    - `failures`: graded points of consecutive failed polls; `failing_since` the first of them.
    - `streak`: how many polls in a row ended as the last did, since `streak_since`.
    - `pace`: how long it takes to answer of late.
    - `polls`: how many polls there ever were; `totals`: what became of all entries they saw.
    - `distrusted_until`: the number of polls before which no validators are sent, because they lied.
    """

    feed_id: str
    validators: Validators
    next_poll_at: datetime
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    last_outcome: PollOutcome | None = None
    last_error: str | None = None
    last_cause: FeedCause | None = None
    failures: int = 0
    failing_since: datetime | None = None
    interval: timedelta | None = None
    address: str | None = None
    move: Move | None = None
    document: Document | None = None
    gap_suspected_at: datetime | None = None
    rhythm: Rhythm | None = None
    health: FeedHealth | None = None
    streak: int = 0
    streak_since: datetime | None = None
    pace: timedelta | None = None
    polls: int = 0
    distrusted_until: int = 0
    totals: Mapping[EntryState, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_utc(
            self,
            *("next_poll_at", "last_poll_at", "last_success_at", "last_new_at"),
            *("failing_since", "gap_suspected_at", "streak_since"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One poll of one feed and what became of each entry it saw; `entries` sums to what the document held.

    `size` is the body's in bytes; `gap_suspected`: it shared no entry with the document before it, so some
    may have come and gone unseen.
    """

    feed_id: str
    at: datetime
    outcome: PollOutcome
    status: int | None
    elapsed: timedelta
    entries: dict[EntryState, int]
    error: str | None = None
    size: int | None = None
    gap_suspected: bool = False

    def __post_init__(self) -> None:
        require_utc(self, "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainHold:
    """A server asked for patience: no feed of its registrable domain is asked before `until`."""

    domain: str
    until: datetime
    reason: str

    def __post_init__(self) -> None:
        require_utc(self, "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """So many hosts failed at once that it was our own network; over once `ended_at` is set."""

    began_at: datetime
    ended_at: datetime | None
    reason: str

    def __post_init__(self) -> None:
        require_utc(self, "began_at", "ended_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """An entry as we last sent it to the stream: what tells a revision from a repeat.

    It is stored before it is published: `revision` and `content_hash` are what was being sent,
    `acknowledged` the last revision known to be on the stream, 0 while none is. `link_key` is the canonical
    address, `title_key` a hash of the title: by them an entry is found again when its publisher renames it.
    """

    feed_id: str
    outlet: str
    entry_key: str
    story_id: str
    revision: int
    acknowledged: int
    content_hash: str
    link_key: str | None
    title_key: str
    published_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime

    def __post_init__(self) -> None:
        require_utc(self, "published_at", "first_seen_at", "last_seen_at")
