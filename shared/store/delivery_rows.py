"""Rows of subscriptions, messages, deliveries and attempts as values."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from shared.model.subscription import Attempt, Delivery, Filter, Message, Subscription
from shared.tables import deliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDelivery:
    """A delivery under our lease, with all that is needed to send it."""

    delivery: Delivery
    message: Message
    subscription: Subscription


def subscription_of(row: sa.Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        url=row.url,
        description=row.description,
        filter=msgspec.convert(row.filter, Filter),
        sealed_secret=row.sealed_secret,
        enabled=row.enabled,
        created_at=row.created_at,
    )


def message_of(row: sa.Row[Any]) -> Message:
    return Message(
        id=row.id, type=row.type, subject_id=row.subject_id, body=row.body, created_at=row.created_at
    )


def delivery_of(row: sa.Row[Any]) -> Delivery:
    return Delivery(**{column.name: getattr(row, column.name) for column in deliveries.c})


def attempt_of(row: sa.Row[Any]) -> Attempt:
    return Attempt(
        delivery_id=row.delivery_id,
        number=row.number,
        at=row.at,
        elapsed=timedelta(milliseconds=row.elapsed_ms),
        status=row.status,
        error=row.error,
        excerpt=row.excerpt,
    )


def attempt_row(attempt: Attempt, number: int) -> dict[str, object]:
    return {
        "delivery_id": attempt.delivery_id,
        "number": number,
        "at": attempt.at,
        "elapsed_ms": round(attempt.elapsed / timedelta(milliseconds=1)),
        "status": attempt.status,
        "error": attempt.error,
        "excerpt": attempt.excerpt,
    }
