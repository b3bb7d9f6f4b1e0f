"""Deliveries, their attempts and the ledger as the API gives them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from services.api.coverage import CoverageStatement
from shared.model.subscription import Attempt, Delivery, DeliveryState


class AttemptOut(BaseModel):
    """One try at delivering; `status` is null when no answer came."""

    number: int
    at: datetime
    elapsed_seconds: float
    status: int | None
    error: str | None
    excerpt: str

    @classmethod
    def of(cls, attempt: Attempt) -> "AttemptOut":
        return cls(
            number=attempt.number,
            at=attempt.at,
            elapsed_seconds=attempt.elapsed.total_seconds(),
            status=attempt.status,
            error=attempt.error,
            excerpt=attempt.excerpt,
        )


class DeliveryOut(BaseModel):
    """One message on its way to one subscription; `message_id` is the webhook-id."""

    id: str
    message_id: str
    subscription_id: str
    state: DeliveryState
    due_at: datetime
    created_at: datetime
    settled_at: datetime | None
    attempts: list[AttemptOut]

    @classmethod
    def of(cls, delivery: Delivery, attempts: Sequence[Attempt]) -> "DeliveryOut":
        return cls(
            id=delivery.id,
            message_id=delivery.message_id,
            subscription_id=delivery.subscription_id,
            state=delivery.state,
            due_at=delivery.due_at,
            created_at=delivery.created_at,
            settled_at=delivery.settled_at,
            attempts=[AttemptOut.of(attempt) for attempt in attempts],
        )


class LedgerOut(BaseModel):
    """How many items reached each final state since the beginning, and how many deliveries are in each state.

    - `published`, `revised`, `unchanged`, `duplicate`, `too_old`, `over_cap` and `undecodable` sum up to the
      entries of all polls of all feeds, those since removed too; a poll that finds nothing changed has none.
    - `relevant` and `off_topic` sum up to the revisions of stories that were judged; at rest, with nothing on
      its way and no dead letters, those are `published` + `revised`.
    - `notified`, `held` and `suppressed` sum up to `relevant`.
    """

    states: dict[str, int]
    deliveries: dict[DeliveryState, int]
    coverage: CoverageStatement
