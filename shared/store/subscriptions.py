"""Subscriptions: who wants to be told what."""

from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.model.subscription import Subscription
from shared.store.delivery_rows import subscription_of
from shared.tables import deliveries, subscriptions


class SubscriptionStore:
    """Keeps subscriptions; every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, subscription: Subscription) -> None:
        """Keep a new one; its id must be new."""
        async with self._database.write() as connection:
            await connection.execute(sa.insert(subscriptions).values(_row(subscription)))

    async def get(self, subscription_id: str) -> Subscription | None:
        query = sa.select(subscriptions).where(subscriptions.c.id == subscription_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return subscription_of(row) if row else None

    async def list(self, after_id: str | None, limit: int) -> tuple[Subscription, ...]:
        """In order of id, those after `after_id`."""
        query = sa.select(subscriptions).order_by(subscriptions.c.id).limit(limit)
        if after_id is not None:
            query = query.where(subscriptions.c.id > after_id)
        async with self._database.read() as connection:
            return tuple(subscription_of(row) for row in await connection.execute(query))

    async def all(self) -> tuple[Subscription, ...]:
        """Every one, enabled or not: what comes for a disabled one is held for it."""
        async with self._database.read() as connection:
            rows = await connection.execute(sa.select(subscriptions).order_by(subscriptions.c.id))
            return tuple(subscription_of(row) for row in rows)

    async def delete(self, subscription_id: str, now: datetime) -> bool:
        """Forget it; False if there is none. Its unfinished deliveries are dead, those held too."""
        gone = sa.delete(subscriptions).where(subscriptions.c.id == subscription_id)
        dead = (
            sa.update(deliveries)
            .where(deliveries.c.subscription_id == subscription_id)
            .where(deliveries.c.state.in_(("pending", "leased", "held")))
            .values(state="dead", owner=None, lease_until=None, settled_at=now)
        )
        async with self._database.write() as connection:
            if (await connection.execute(gone)).rowcount == 0:
                return False
            await connection.execute(dead)
        return True

    async def enable(self, subscription_id: str, now: datetime) -> bool:
        """Switch it on; False if there is none. What was held for it is due at once."""
        async with self._database.write() as connection:
            if not await _switch(connection, subscription_id, enabled=True):
                return False
            await connection.execute(
                sa.update(deliveries)
                .where(deliveries.c.subscription_id == subscription_id, deliveries.c.state == "held")
                .values(state="pending", due_at=now)
            )
        return True

    async def disable(self, subscription_id: str) -> bool:
        """Switch it off; False if there is none. What is pending for it is held, never discarded.

        A delivery under way finishes; if it fails it is held as well.
        """
        async with self._database.write() as connection:
            return await disable(connection, subscription_id)


async def disable(connection: AsyncConnection, subscription_id: str) -> bool:
    """Within a transaction: switch a subscription off and hold what is pending for it."""
    if not await _switch(connection, subscription_id, enabled=False):
        return False
    await connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.subscription_id == subscription_id, deliveries.c.state == "pending")
        .values(state="held")
    )
    return True


async def _switch(connection: AsyncConnection, subscription_id: str, *, enabled: bool) -> bool:
    changed = await connection.execute(
        sa.update(subscriptions).where(subscriptions.c.id == subscription_id).values(enabled=enabled)
    )
    return changed.rowcount > 0


def _row(subscription: Subscription) -> dict[str, object]:
    return {
        "id": subscription.id,
        "url": subscription.url,
        "description": subscription.description,
        "filter": msgspec.to_builtins(subscription.filter),
        "sealed_secret": subscription.sealed_secret,
        "enabled": subscription.enabled,
        "created_at": subscription.created_at,
    }
