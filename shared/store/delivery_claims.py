"""The statements by which dispatchers share deliveries out among themselves.

On PostgreSQL rows are locked with SKIP LOCKED, so that claimers pass each other by; on SQLite the same
statements run inside BEGIN IMMEDIATE, one claimer at a time, and SQLAlchemy leaves the locking words out.
"""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from shared.tables import deliveries, subscriptions

MOST_UNFINISHED_CLAIMS: Final = 10

_columns = deliveries.c


def expired(now: datetime) -> sa.Select[Any]:
    """Leases that ran out: their dispatcher died or lost the database for long; locked for us."""
    return (
        sa.select(_columns.id, _columns.claims, _columns.attempts, _columns.subscription_id)
        .where(_columns.state == "leased", _columns.lease_until < now)
        .order_by(_columns.lease_until)
        .limit(1000)
        .with_for_update(skip_locked=True)
    )


def claim(
    *, owner: str, now: datetime, limit: int, lease_until: datetime, per_subscription: int
) -> sa.Update:
    """Lease what is due, each subscription in its turn; returns the leased rows.

    The n-th due delivery of a subscription ranks behind the first of every other, and those already under
    way count, so that a slow endpoint holds up nobody but itself.
    """
    ranked = _ranked(now)
    chosen = (
        sa.select(_columns.id)
        .join(ranked, ranked.c.id == _columns.id)
        # Said again for the row itself: between snapshot and lock another claimer may have had it.
        .where(_columns.state == "pending", _columns.due_at <= now, ranked.c.rank <= per_subscription)
        .order_by(ranked.c.rank, ranked.c.due_at, _columns.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=deliveries)
        .cte("chosen")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return (
        sa.update(deliveries)
        .where(_columns.id.in_(sa.select(chosen.c.id)))
        .values(state="leased", owner=owner, lease_until=lease_until, claims=_columns.claims + 1)
        .returning(*deliveries.c)
    )


def _ranked(now: datetime) -> sa.Subquery:
    busy = (
        sa.select(_columns.subscription_id, sa.func.count().label("count"))
        .where(_columns.state == "leased")
        .group_by(_columns.subscription_id)
        .subquery("busy")
    )
    turn = sa.func.row_number().over(
        partition_by=_columns.subscription_id, order_by=(_columns.due_at, _columns.id)
    )
    return (
        sa.select(_columns.id, _columns.due_at, (turn + sa.func.coalesce(busy.c.count, 0)).label("rank"))
        .join(subscriptions, sa.and_(subscriptions.c.id == _columns.subscription_id, subscriptions.c.enabled))
        .outerjoin(busy, busy.c.subscription_id == _columns.subscription_id)
        .where(_columns.state == "pending", _columns.due_at <= now)
        .subquery("ranked")
    )
