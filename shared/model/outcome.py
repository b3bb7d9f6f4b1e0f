"""What one try at delivering decides about the delivery."""

from dataclasses import dataclass
from datetime import datetime

from shared.model.times import require_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The receiver accepted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryAt:
    """Not accepted; try again at `due_at`."""

    due_at: datetime

    def __post_init__(self) -> None:
        require_utc(self, "due_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """Not accepted, and not tried again unless a person asks for it; `reason` in words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableEndpoint:
    """The receiver wants nothing any more: its subscription is switched off, its deliveries are held.

    `accepted` says that it took this one all the same.
    """

    reason: str
    accepted: bool = False


DeliveryOutcome = Delivered | RetryAt | Dead | DisableEndpoint
