"""How a delivery leaves its lease: settled by the one who holds it, or recovered when he is gone.

Whoever waits for both locks the subscription before its deliveries, so that no two transactions wait for each
other; `recover_expired`, which has the delivery already, does not wait for the subscription.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.model.outcome import Dead, Delivered, DeliveryOutcome, DisableEndpoint, RetryAt
from shared.model.subscription import Attempt, Delivery
from shared.store.delivery_claims import MOST_UNFINISHED_CLAIMS, expired
from shared.store.delivery_rows import attempt_row
from shared.store.subscriptions import disable
from shared.tables import attempts, deliveries, subscriptions


async def settle(
    connection: AsyncConnection,
    delivery: Delivery,
    attempt: Attempt,
    outcome: DeliveryOutcome,
    now: datetime,
) -> bool:
    """See DeliveryStore.settle."""
    values = await _destination(connection, delivery, outcome, now)
    number = await _leave_lease(connection, delivery, values)
    if number is None:
        await _record_late(connection, attempt)
        return False
    await connection.execute(sa.insert(attempts).values(attempt_row(attempt, number)))
    if isinstance(outcome, DisableEndpoint):
        await disable(connection, delivery.subscription_id)
    return True


async def recover_expired(connection: AsyncConnection, now: datetime) -> None:
    """Free deliveries whose lease ran out; those that were never settled too often are dead."""
    for row in (await connection.execute(expired(now))).all():
        unfinished = row.claims - row.attempts
        if unfinished >= MOST_UNFINISHED_CLAIMS:
            await _give_up(connection, row, unfinished, now)
            continue
        switch = await _switch(connection, row.subscription_id)
        if switch != "locked":
            await _free(connection, row.id, state=_waiting(switch))


async def _give_up(connection: AsyncConnection, row: sa.Row[Any], unfinished: int, now: datetime) -> None:
    number = row.attempts + 1
    crash = Attempt(
        delivery_id=row.id,
        number=number,
        at=now,
        elapsed=timedelta(),
        status=None,
        error=f"given up: claimed {unfinished} times without an end",
        excerpt="",
    )
    await _record(connection, crash, number)
    await _free(connection, row.id, state="dead", settled_at=now)


async def _destination(
    connection: AsyncConnection, delivery: Delivery, outcome: DeliveryOutcome, now: datetime
) -> dict[str, object]:
    """Where the outcome sends the delivery; locks its subscription where that depends on it."""
    match outcome:
        case Delivered():
            return {"state": "delivered", "settled_at": now}
        case Dead():
            return {"state": "dead", "settled_at": now}
        case RetryAt(due_at=due_at):
            enabled = await _locked_switch(connection, delivery.subscription_id, exclusive=False)
            return {"state": _waiting(enabled), "due_at": due_at}
        case DisableEndpoint(accepted=accepted):
            await _locked_switch(connection, delivery.subscription_id, exclusive=True)
            return {"state": "delivered", "settled_at": now} if accepted else {"state": "held"}


async def _leave_lease(
    connection: AsyncConnection, delivery: Delivery, values: dict[str, object]
) -> int | None:
    """End the lease that `delivery` came from, if it is still the live one; the number of its attempt.

    The count of claims tells our claim from a later one of the same owner.
    """
    columns = deliveries.c
    left = await connection.execute(
        sa.update(deliveries)
        .where(columns.id == delivery.id, columns.state == "leased")
        .where(columns.owner == delivery.owner, columns.claims == delivery.claims)
        .values(owner=None, lease_until=None, attempts=columns.attempts + 1, **values)
        .returning(columns.attempts)
    )
    number: int | None = left.scalar_one_or_none()
    return number


async def _record_late(connection: AsyncConnection, attempt: Attempt) -> None:
    """The attempt of somebody whose lease is over; once, and not for a delivery that is not there."""
    current = await _locked_delivery(connection, attempt.delivery_id)
    if current is not None and not await _recorded(connection, attempt):
        await _record(connection, attempt, current.attempts + 1)


def _waiting(enabled: bool | None) -> str:
    """Where a delivery waits whose subscription is enabled, disabled, or gone (None)."""
    if enabled is None:
        return "dead"
    return "pending" if enabled else "held"


async def _free(connection: AsyncConnection, delivery_id: str, **values: object) -> None:
    await connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == delivery_id)
        .values(owner=None, lease_until=None, **values)
    )


async def _switch(connection: AsyncConnection, subscription_id: str) -> bool | Literal["locked"] | None:
    """Whether the subscription is enabled, None if it is gone, "locked" while somebody changes it."""
    query = sa.select(subscriptions.c.enabled).where(subscriptions.c.id == subscription_id)
    enabled: bool | None = (
        await connection.execute(query.with_for_update(read=True, skip_locked=True))
    ).scalar_one_or_none()
    if enabled is not None:
        return enabled
    exists = (await connection.execute(query)).scalar_one_or_none() is not None
    return "locked" if exists else None


async def _locked_switch(
    connection: AsyncConnection, subscription_id: str, *, exclusive: bool
) -> bool | None:
    query = sa.select(subscriptions.c.enabled).where(subscriptions.c.id == subscription_id)
    locked = await connection.execute(query.with_for_update(read=not exclusive))
    enabled: bool | None = locked.scalar_one_or_none()
    return enabled


async def _locked_delivery(connection: AsyncConnection, delivery_id: str) -> sa.Row[Any] | None:
    query = sa.select(deliveries).where(deliveries.c.id == delivery_id).with_for_update()
    return (await connection.execute(query)).one_or_none()


async def _recorded(connection: AsyncConnection, attempt: Attempt) -> bool:
    query = sa.select(attempts.c.number).where(
        attempts.c.delivery_id == attempt.delivery_id, attempts.c.at == attempt.at
    )
    return (await connection.execute(query)).first() is not None


async def _record(connection: AsyncConnection, attempt: Attempt, number: int) -> None:
    await connection.execute(sa.insert(attempts).values(attempt_row(attempt, number)))
    await connection.execute(
        sa.update(deliveries).where(deliveries.c.id == attempt.delivery_id).values(attempts=number)
    )
