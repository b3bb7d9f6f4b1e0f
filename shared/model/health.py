"""How well a feed is read, and the word that it changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.model.times import require_utc

HealthState = Literal["healthy", "slow", "stale", "silent", "partial", "failing", "blocked", "gone", "moved"]
"""In the order of no concern; a feed never read has none.

`slow`: it answers, but late. `stale`: not read for several of its intervals, whatever the reason. `silent`:
read well, but nothing new for longer than its own rhythm allows. `partial`: its documents end early.
`failing`: several polls in a row gave no document. `blocked`: refused to us by the server, by a page that
checks for robots or wants a login, or by our guard.
`gone`: the server says it is no more; asked daily. `moved`: read well at another address than configured.
"""
FeedEventKind = Literal["unhealthy", "recovered"]
FeedCause = Literal[
    "refused",
    "robot_check",
    "login_page",
    "own_guard",
    "web_page",
    "not_a_feed",
    "not_found",
    "unreachable",
    "server_error",
    "busy",
    "too_large",
    "parse_timeout",
]
"""Why there is no document. `web_page`: a plain page; `own_guard`: our guard refused the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """The state, since when, and why in words. `changes` counts the states before this one: it names it."""

    state: HealthState
    since: datetime
    reason: str
    changes: int = 0

    def __post_init__(self) -> None:
        require_utc(self, "since")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When new entries come: `hours` has one weight per hour of the week (168, from Monday 00:00 UTC), the
    expected number of new entries in that hour; `since` is when counting began, `until` how far it counts.
    `longest` is the longest silence of late that ended by itself, by how many entries were expected in it."""

    since: datetime
    until: datetime
    hours: tuple[float, ...]
    longest: float = 0

    def __post_init__(self) -> None:
        require_utc(self, "since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """A feed's health changed: an operational event. The same change has the same `id`, however often told.

    `recovered` when it became healthy, else `unhealthy`; `last_document_at` is when it was last read well.
    `cause` is given for `failing` and `blocked`; `before_since` and `before_reason` belong to `before`.
    """

    id: str
    kind: FeedEventKind
    feed_id: str
    feed_url: str
    name: str
    outlet: str
    language: str | None
    health: HealthState
    before: HealthState | None
    since: datetime
    reason: str
    at: datetime
    last_document_at: datetime | None = None
    cause: FeedCause | None = None
    before_since: datetime | None = None
    before_reason: str | None = None

    def __post_init__(self) -> None:
        require_utc(self, "since", "at", "last_document_at", "before_since")
