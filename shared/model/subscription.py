"""Who wants to be told what, and how the telling went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.model.times import require_utc

DeliveryState = Literal["pending", "leased", "delivered", "held", "dead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a subscription wants; an empty tuple asks for all.

    `feeds` asks for word of feeds that are read badly or well again; of the other criteria only `languages`
    is applied to that.
    """

    min_severity: int = 1
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    feeds: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A webhook endpoint and what it wants. `secret` is sealed (encrypted): only the dispatcher opens it."""

    id: str
    url: str
    description: str
    filter: Filter
    sealed_secret: bytes
    enabled: bool
    created_at: datetime

    def __post_init__(self) -> None:
        require_utc(self, "created_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent: rendered once, stored, and those exact bytes are signed. `id` is the webhook-id.

    `subject_id` names what it tells of: an alert, or a change of a feed's health.
    """

    id: str
    type: str
    subject_id: str
    body: bytes
    created_at: datetime

    def __post_init__(self) -> None:
        require_utc(self, "created_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way to one subscription.

    `attempts` counts the finished tries, `claims` the leases taken.
    """

    id: str
    message_id: str
    subscription_id: str
    state: DeliveryState
    attempts: int
    claims: int
    due_at: datetime
    owner: str | None
    lease_until: datetime | None
    created_at: datetime
    settled_at: datetime | None

    def __post_init__(self) -> None:
        require_utc(self, "due_at", "lease_until", "created_at", "settled_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at delivering.

    `status` is None when no answer came; `excerpt` is the answer's first KiB as text.
    """

    delivery_id: str
    number: int
    at: datetime
    elapsed: timedelta
    status: int | None
    error: str | None
    excerpt: str

    def __post_init__(self) -> None:
        require_utc(self, "at")
