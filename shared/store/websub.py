"""Our subscriptions at hubs.

Any number of api processes share them: who claims one that is due moves its `next_at`, and only that claim
settles it. A hub may verify before it has answered our request; then the answer settles nothing.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.model.websub import HubSubscription
from shared.store.upsert import insert_into
from shared.tables import feeds, websub_subscriptions

_columns: Final = websub_subscriptions.c
_KNOWN_TO_THE_HUB: Final = _columns.state.in_(("asked", "verified", "expired"))


class HubSubscriptionStore:
    """Keeps them; every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def want(self, wanted: HubSubscription) -> bool:
        """Make this the one subscription of its feed; whether it is new or wanted again.

        Nothing changes when something later was told of the feed. Others of the feed are to be left.
        """
        async with self._database.write() as connection:
            if await _told_later(connection, wanted.feed_id, wanted.told_at):
                return False
            others = sa.and_(_columns.feed_id == wanted.feed_id, _columns.id != wanted.id)
            await _leave(connection, others, wanted.told_at, wanted.next_at)
            insert = insert_into(connection, websub_subscriptions).values(**asdict(wanted))
            if (await connection.execute(insert.on_conflict_do_nothing())).rowcount:
                return True
            mine = sa.update(websub_subscriptions).where(_columns.id == wanted.id)
            await connection.execute(mine.values(told_at=wanted.told_at))
            back = mine.where(_columns.state == "leaving")
            again = await connection.execute(back.values(state="new", next_at=wanted.next_at, failures=0))
        return again.rowcount > 0

    async def unwant(self, feed_id: str, told_at: datetime, now: datetime) -> None:
        """Leave every subscription of the feed, unless something later was told of it."""
        async with self._database.write() as connection:
            if not await _told_later(connection, feed_id, told_at):
                await _leave(connection, _columns.feed_id == feed_id, told_at, now)

    async def leave_unwatched(self, now: datetime) -> None:
        """Leave the subscriptions of feeds that are removed or disabled."""
        watched = sa.select(feeds.c.id).where(feeds.c.enabled)
        async with self._database.write() as connection:
            await _leave(connection, _columns.feed_id.not_in(watched), None, now)

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> tuple[HubSubscription, ...]:
        """Those something is to be done about; nobody else gets them before `now + lease`."""
        due = (
            sa.select(_columns.id)
            .where(_columns.next_at <= now)
            .order_by(_columns.next_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        statement = (
            sa.update(websub_subscriptions)
            .where(_columns.id.in_(sa.select(due.c.id)))
            .values(next_at=now + lease)
            .returning(*_columns)
        )
        async with self._database.write() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return tuple(HubSubscription(**row) for row in rows)

    async def settle(self, claimed: HubSubscription, after: HubSubscription | None) -> bool:
        """Store what came of a claim, None to forget it; whether the claim was still live."""
        mine = sa.and_(_columns.id == claimed.id, _columns.next_at == claimed.next_at)
        return await self._replaced(mine, after)

    async def by_token(self, token: str) -> HubSubscription | None:
        """The subscription with that callback address."""
        query = sa.select(websub_subscriptions).where(_columns.token == token)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return HubSubscription(**row) if row else None

    async def told_by_hub(self, found: HubSubscription, after: HubSubscription | None) -> bool:
        """Store what the hub told about `found`, None to forget it; False if we want another thing by now.

        Whether we want to stay or leave is what counts: our request may be settled at this very moment.
        """
        leaving = _columns.state == "leaving"
        same = sa.and_(_columns.id == found.id, leaving if found.state == "leaving" else sa.not_(leaving))
        return await self._replaced(same, after)

    async def _replaced(self, which: sa.ColumnElement[bool], after: HubSubscription | None) -> bool:
        statement: sa.Update | sa.Delete
        if after is None:
            statement = sa.delete(websub_subscriptions).where(which)
        else:
            statement = sa.update(websub_subscriptions).where(which).values(**_progress(after))
        async with self._database.write() as connection:
            return (await connection.execute(statement)).rowcount > 0

    async def pushed(self, subscription_id: str, at: datetime) -> None:
        """Remember when the hub last sent something."""
        mine = sa.update(websub_subscriptions).where(_columns.id == subscription_id)
        async with self._database.write() as connection:
            await connection.execute(mine.values(last_push_at=at))

    async def of_feed(self, feed_id: str) -> tuple[HubSubscription, ...]:
        """Those of a feed, those being left among them."""
        query = sa.select(websub_subscriptions).where(_columns.feed_id == feed_id).order_by(_columns.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(HubSubscription(**row) for row in rows)


async def _told_later(connection: AsyncConnection, feed_id: str, told_at: datetime) -> bool:
    query = sa.select(_columns.told_at).where(_columns.feed_id == feed_id).with_for_update()
    return any(row.told_at > told_at for row in await connection.execute(query))


async def _leave(
    connection: AsyncConnection,
    which: sa.ColumnElement[bool],
    told_at: datetime | None,
    now: datetime,
) -> None:
    """Hubs that know of us are asked to forget us; what no hub knows of is gone at once."""
    leaving: dict[str, object] = {"state": "leaving", "next_at": now, "failures": 0}
    if told_at is not None:
        leaving["told_at"] = told_at
    await connection.execute(
        sa.update(websub_subscriptions).where(which, _KNOWN_TO_THE_HUB).values(**leaving)
    )
    unknown = sa.and_(sa.not_(_KNOWN_TO_THE_HUB), _columns.state != "leaving")
    await connection.execute(sa.delete(websub_subscriptions).where(which, unknown))


def _progress(after: HubSubscription) -> dict[str, object]:
    return {
        "state": after.state,
        "next_at": after.next_at,
        "lease_until": after.lease_until,
        "failures": after.failures,
        "last_error": after.last_error,
    }
