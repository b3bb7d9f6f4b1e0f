"""Within a transaction: a message and its deliveries come into being."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.model.ids import delivery_id
from shared.model.subscription import Message
from shared.store.upsert import insert_into
from shared.tables import messages, subscriptions


class Switch(NamedTuple):
    """A subscription, and whether it is on."""

    id: str
    enabled: bool


async def lock_switches(connection: AsyncConnection, subscription_ids: Sequence[str]) -> tuple[Switch, ...]:
    """Those of the subscriptions that exist, in order of id.

    Locked before the rows that they guard are made, so that nobody disables one in between.
    """
    found = await connection.execute(
        sa.select(subscriptions.c.id, subscriptions.c.enabled)
        .where(subscriptions.c.id.in_(subscription_ids))
        .order_by(subscriptions.c.id)
        .with_for_update(read=True)
    )
    return tuple(Switch(row.id, row.enabled) for row in found)


async def store_message(connection: AsyncConnection, message: Message) -> bool:
    """Whether it is new; one that is there stays as it is."""
    row = {
        "id": message.id,
        "type": message.type,
        "subject_id": message.subject_id,
        "body": message.body,
        "created_at": message.created_at,
    }
    stored = await connection.execute(insert_into(connection, messages).values(row).on_conflict_do_nothing())
    return stored.rowcount > 0


def delivery_row(
    message_id: str, subscription: Switch, now: datetime, *, due_at: datetime | None = None
) -> dict[str, object]:
    """A new delivery, due at once unless said otherwise; held while its subscription is disabled."""
    return {
        "id": delivery_id(message_id, subscription.id),
        "message_id": message_id,
        "subscription_id": subscription.id,
        "state": "pending" if subscription.enabled else "held",
        "attempts": 0,
        "claims": 0,
        "due_at": due_at or now,
        "created_at": now,
    }
