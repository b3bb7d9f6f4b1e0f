"""Feeds as the operator configured them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from shared.db import Database
from shared.model.feed import Feed
from shared.store.upsert import insert_into
from shared.tables import feeds


class FeedStore:
    """What is watched. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, feed: Feed, now: datetime) -> Feed:
        """Watch this feed; if one with its address exists, nothing changes and that one is returned."""
        async with self._database.write() as connection:
            insert = insert_into(connection, feeds).values(**_row(feed), created_at=now)
            await connection.execute(insert.on_conflict_do_nothing())
            found = await connection.execute(sa.select(feeds).where(feeds.c.url == feed.url))
            row = found.mappings().one()
        return feed_of(row)

    async def add_all(self, many: Sequence[Feed], now: datetime) -> None:
        """As `add` for each of them, all or none."""
        await self.take_in(many, (), now)

    async def take_in(self, new: Sequence[Feed], updated: Sequence[Feed], now: datetime) -> None:
        """As `add` for each new feed and `update` for each updated one, all or none."""
        async with self._database.write() as connection:
            if new:
                insert = insert_into(connection, feeds).on_conflict_do_nothing()
                await connection.execute(insert, [{**_row(feed), "created_at": now} for feed in new])
            if updated:
                await connection.execute(_UPDATE, [_update_row(feed) for feed in updated])

    async def update(self, feed: Feed) -> bool:
        """Replace what is configured for the feed of this id, but for the outlet, by which its stories are
        named; whether there is one."""
        async with self._database.write() as connection:
            result = await connection.execute(_UPDATE, _update_row(feed))
        return result.rowcount > 0

    async def remove(self, feed_id: str) -> bool:
        """Stop watching; whether there was such a feed. What is known of it stays, should it come back."""
        async with self._database.write() as connection:
            result = await connection.execute(sa.delete(feeds).where(feeds.c.id == feed_id))
        return result.rowcount > 0

    async def get(self, feed_id: str) -> Feed | None:
        found = await self._feeds(sa.select(feeds).where(feeds.c.id == feed_id))
        return found[0] if found else None

    async def list(self, after_id: str | None, limit: int) -> tuple[Feed, ...]:
        """Feeds in order of id, from the first after `after_id`."""
        query = sa.select(feeds).where(feeds.c.id > (after_id or "")).order_by(feeds.c.id).limit(limit)
        return await self._feeds(query)

    async def enabled(self) -> tuple[Feed, ...]:
        return await self._feeds(sa.select(feeds).where(feeds.c.enabled).order_by(feeds.c.id))

    async def _feeds(self, query: sa.Select[Any]) -> tuple[Feed, ...]:
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(feed_of(row) for row in rows)


def feed_of(row: sa.RowMapping) -> Feed:
    seconds = row["interval_seconds"]
    return Feed(
        id=row["id"],
        url=row["url"],
        name=row["name"],
        outlet=row["outlet"],
        language=row["language"],
        enabled=row["enabled"],
        interval=None if seconds is None else timedelta(seconds=seconds),
        owner=row["owner"],
        country=row["country"],
        tier=row["tier"],
    )


def _row(feed: Feed) -> dict[str, Any]:
    return {
        "id": feed.id,
        "url": feed.url,
        "name": feed.name,
        "outlet": feed.outlet,
        "language": feed.language,
        "enabled": feed.enabled,
        "interval_seconds": None if feed.interval is None else int(feed.interval.total_seconds()),
        "owner": feed.owner,
        "country": feed.country,
        "tier": feed.tier,
    }


def _update_row(feed: Feed) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in _row(feed).items() if name not in _KEPT} | {"of": feed.id}


_KEPT: Final = frozenset({"id", "outlet", "created_at"})
_UPDATE: Final = (
    sa.update(feeds)
    .where(feeds.c.id == sa.bindparam("of"))
    .values({name: sa.bindparam(f"new_{name}") for name in sorted(set(feeds.columns.keys()) - _KEPT)})
)
