"""WebSub: hubs that tell us of new documents, so that we need not wait for the next poll.

Terms are the W3C Recommendation's: a *topic* is the address a hub knows a feed by, a *lease* how long the hub
keeps a subscription, and *verification of intent* the hub's question whether we really asked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.model.times import require_utc

HubState = Literal["new", "asked", "verified", "denied", "expired", "failed", "leaving"]
"""`new`: not asked yet. `asked`: the hub took our request and has not verified it. `verified`: it pushes.
`denied`: it said no. `expired`: its lease ended before it was renewed. `failed`: it could not be asked.
`leaving`: we asked, or are about to ask, to be forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHub:
    """Where the feed says that it is pushed from: its hub and topic; None for both when it no longer is.

    Told when it is new, has changed, and now and then again.
    """

    feed_id: str
    hub: str | None
    topic: str | None
    at: datetime

    def __post_init__(self) -> None:
        require_utc(self, "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPush:
    """A hub sent what is new in a feed, and signed it. `body` of None is too large for a record: poll now.

    The body may hold the new entries only; `content_type` is the sender's word.
    """

    id: str
    feed_id: str
    topic: str
    content_type: str | None
    body: bytes | None
    at: datetime

    def __post_init__(self) -> None:
        require_utc(self, "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSubscription:
    """Our subscription for one feed at one hub. `token` is the secret end of its callback address.

    `told_at` is when ingest said so; `next_at` when something is to be done about it, and while a request is
    under way when somebody else may try; `failures` counts requests in a row that led nowhere.
    """

    id: str
    feed_id: str
    hub: str
    topic: str
    token: str
    sealed_secret: bytes
    state: HubState
    told_at: datetime
    next_at: datetime
    lease_until: datetime | None = None
    failures: int = 0
    last_error: str | None = None
    last_push_at: datetime | None = None

    def __post_init__(self) -> None:
        require_utc(self, "told_at", "next_at", "lease_until", "last_push_at")
