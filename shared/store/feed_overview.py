"""Feeds together with what ingest knows of them: found by how they are, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from shared.db import Database
from shared.model.feed import Feed, FeedState
from shared.model.health import HealthState
from shared.store.feed_state_rows import state_of
from shared.store.feeds import feed_of
from shared.tables import feed_state, feeds

UNREAD: Literal["waiting"] = "waiting"
"""Stands for the health of feeds that have none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFilter:
    """Which feeds: all conditions hold. `text` is looked for in name, outlet and address, in any case."""

    health: HealthState | Literal["waiting"] | None = None
    outlet: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedGroup:
    """How many enabled feeds have this health, and whether their next poll is `overdue`; None is the health
    of those that have none. `read_at` is when the one of them was last read that was not for the longest."""

    health: HealthState | None
    overdue: bool
    feeds: int
    read_at: datetime | None


class FeedOverview:
    """Read only. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(
        self, after_id: str | None, limit: int, which: FeedFilter
    ) -> tuple[tuple[Feed, FeedState | None], ...]:
        """Feeds in order of id, from the first after `after_id`; None for one never polled."""
        query = sa.select(feeds).where(feeds.c.id > (after_id or ""), *_conditions(which))
        if which.health is not None:
            query = query.outerjoin(feed_state, feed_state.c.feed_id == feeds.c.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(feeds.c.id).limit(limit))).mappings().all()
            found = [feed_of(row) for row in rows]
            known = sa.select(feed_state).where(feed_state.c.feed_id.in_([feed.id for feed in found]))
            states = [state_of(row) for row in (await connection.execute(known)).mappings()]
        by_feed = {state.feed_id: state for state in states}
        return tuple((feed, by_feed.get(feed.id)) for feed in found)

    async def groups(self, overdue_before: datetime) -> tuple[FeedGroup, ...]:
        """Every enabled feed in exactly one group; overdue is what should have been polled before then."""
        overdue = sa.func.coalesce(feed_state.c.next_poll_at < overdue_before, sa.false())
        query = (
            sa.select(
                feed_state.c.health,
                overdue.label("overdue"),
                sa.func.count().label("feeds"),
                sa.func.min(feed_state.c.last_success_at).label("read_at"),
            )
            .select_from(feeds.outerjoin(feed_state, feed_state.c.feed_id == feeds.c.id))
            .where(feeds.c.enabled)
            .group_by(feed_state.c.health, overdue)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(
            FeedGroup(
                health=row["health"],
                overdue=bool(row["overdue"]),
                feeds=row["feeds"],
                read_at=row["read_at"],
            )
            for row in rows
        )


def _conditions(which: FeedFilter) -> Sequence[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if which.health is not None:
        wanted = None if which.health == UNREAD else which.health
        found.append(feed_state.c.health.is_not_distinct_from(wanted))
    if which.outlet is not None:
        found.append(feeds.c.outlet == which.outlet)
    if which.text is not None:
        columns = (feeds.c.name, feeds.c.outlet, feeds.c.url)
        found.append(sa.or_(*(column.icontains(which.text, autoescape=True) for column in columns)))
    return found
