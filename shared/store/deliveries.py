"""Messages on their way to subscriptions, safe against crashes at every step.

A message and its deliveries are stored in one transaction. A dispatcher claims due deliveries by lease, sends
outside any transaction, and settles each with a fence: only the claim that is still live decides. States:
pending → leased → delivered, or back to pending, or dead; held while the subscription is disabled.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.errors import InputError
from shared.model.outcome import DeliveryOutcome
from shared.model.subscription import Attempt, Delivery, DeliveryState, Message
from shared.store import delivery_claims, delivery_settling
from shared.store.delivery_rows import ClaimedDelivery, attempt_of, delivery_of, message_of, subscription_of
from shared.store.enqueuing import delivery_row, lock_switches, store_message
from shared.tables import attempts, deliveries, messages, subscriptions


class DeliveryStore:
    """Keeps messages, deliveries and attempts; every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enqueue(self, message: Message, subscription_ids: Sequence[str], now: datetime) -> int:
        """Store the message and one delivery for each subscription that exists; returns how many.

        The first call for a message decides: a repeat changes nothing and returns 0, also when it names
        more subscriptions. Deliveries for a disabled subscription are held.
        """
        async with self._database.write() as connection:
            switches = await lock_switches(connection, subscription_ids)
            if not await store_message(connection, message):
                return 0
            rows = [delivery_row(message.id, switch, now) for switch in switches]
            if rows:
                await connection.execute(sa.insert(deliveries), rows)
        return len(rows)

    async def claim(
        self, *, owner: str, now: datetime, limit: int, lease: timedelta, per_subscription: int = 5
    ) -> tuple[ClaimedDelivery, ...]:
        """Lease up to `limit` due deliveries to `owner`, at most `per_subscription` in flight for each.

        Leases that ran out are taken over; a delivery whose claims were never settled ten times is dead,
        because it kills whoever tries.
        """
        async with self._database.write() as connection:
            await delivery_settling.recover_expired(connection, now)
            statement = delivery_claims.claim(
                owner=owner,
                now=now,
                limit=limit,
                lease_until=now + lease,
                per_subscription=per_subscription,
            )
            claimed = [delivery_of(row) for row in await connection.execute(statement)]
            return await _with_contents(connection, claimed)

    async def settle(
        self, delivery: Delivery, attempt: Attempt, outcome: DeliveryOutcome, now: datetime
    ) -> bool:
        """Record the attempt and, if the claim that `delivery` came from is still live, what it decided.

        Returns whether it decided. Repeating the call changes nothing: an attempt is known by its time.
        """
        async with self._database.write() as connection:
            return await delivery_settling.settle(connection, delivery, attempt, outcome, now)

    async def counts(self) -> Mapping[DeliveryState, int]:
        """How many deliveries are in each state; states without any are absent."""
        query = sa.select(deliveries.c.state, sa.func.count().label("total")).group_by(deliveries.c.state)
        async with self._database.read() as connection:
            return {row.state: row.total for row in await connection.execute(query)}

    async def get(self, delivery_id: str) -> Delivery | None:
        async with self._database.read() as connection:
            return await _get(connection, delivery_id)

    async def list(
        self,
        *,
        after_id: str | None = None,
        limit: int,
        subscription_id: str | None = None,
        state: DeliveryState | None = None,
    ) -> tuple[Delivery, ...]:
        """Oldest first, those after `after_id`. InputError if there is no such delivery."""
        query = sa.select(deliveries).order_by(deliveries.c.created_at, deliveries.c.id).limit(limit)
        if subscription_id is not None:
            query = query.where(deliveries.c.subscription_id == subscription_id)
        if state is not None:
            query = query.where(deliveries.c.state == state)
        async with self._database.read() as connection:
            if after_id is not None:
                after = await _get(connection, after_id)
                if after is None:
                    raise InputError(f"no delivery {after_id[:80]!r} to continue after")
                query = query.where(_is_later(after))
            return tuple(delivery_of(row) for row in await connection.execute(query))

    async def attempts(self, delivery_ids: Iterable[str]) -> Mapping[str, tuple[Attempt, ...]]:
        """The attempts of each delivery in order; those without any are absent."""
        query = (
            sa.select(attempts)
            .where(attempts.c.delivery_id.in_(tuple(delivery_ids)))
            .order_by(attempts.c.delivery_id, attempts.c.number)
        )
        found: dict[str, tuple[Attempt, ...]] = {}
        async with self._database.read() as connection:
            for row in await connection.execute(query):
                found[row.delivery_id] = (*found.get(row.delivery_id, ()), attempt_of(row))
        return found

    async def told(self, message_ids: Iterable[str]) -> frozenset[str]:
        """The subscriptions for which any of these messages was meant."""
        query = sa.select(deliveries.c.subscription_id).where(deliveries.c.message_id.in_(tuple(message_ids)))
        async with self._database.read() as connection:
            return frozenset((await connection.execute(query.distinct())).scalars())


async def _get(connection: AsyncConnection, delivery_id: str) -> Delivery | None:
    query = sa.select(deliveries).where(deliveries.c.id == delivery_id)
    row = (await connection.execute(query)).one_or_none()
    return delivery_of(row) if row else None


def _is_later(than: Delivery) -> sa.ColumnElement[bool]:
    columns = deliveries.c
    return sa.or_(
        columns.created_at > than.created_at,
        sa.and_(columns.created_at == than.created_at, columns.id > than.id),
    )


async def _with_contents(
    connection: AsyncConnection, claimed: Sequence[Delivery]
) -> tuple[ClaimedDelivery, ...]:
    if not claimed:
        return ()
    wanted = {delivery.message_id for delivery in claimed}
    rows = await connection.execute(sa.select(messages).where(messages.c.id.in_(wanted)))
    bodies = {row.id: message_of(row) for row in rows}
    owners = {delivery.subscription_id for delivery in claimed}
    rows = await connection.execute(sa.select(subscriptions).where(subscriptions.c.id.in_(owners)))
    endpoints = {row.id: subscription_of(row) for row in rows}
    return tuple(
        ClaimedDelivery(
            delivery=delivery,
            message=bodies[delivery.message_id],
            subscription=endpoints[delivery.subscription_id],
        )
        for delivery in claimed
        # Deleted this very moment: its deliveries are dead as soon as this transaction ends.
        if delivery.subscription_id in endpoints
    )
