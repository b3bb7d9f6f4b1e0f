"""What became of everything that came in, counted."""

from collections.abc import Mapping
from typing import get_args

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.model.alert import Outcome
from shared.model.feed import EntryState
from shared.store.story_rows import OFF_TOPIC
from shared.tables import decisions, feed_state, story_revisions

RELEVANT = "relevant"


class LedgerStore:
    """Read only. Raises DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def counts(self) -> Mapping[str, int]:
        """How many items ended in each state; every state is there, with 0 if none.

        Ingest counts every entry of every poll there ever was, of feeds since removed too (published,
        revised, unchanged, …). Tag and correlate count revisions of stories: relevant + off_topic is what
        was tagged and stored, and relevant = notified + held + suppressed.
        """
        async with self._database.read() as connection:
            entries = await _entries(connection)
            outcomes = await _outcomes(connection)
            counted = await connection.execute(sa.select(sa.func.count()).select_from(story_revisions))
            revisions = int(counted.scalar_one())
        relevant = sum(outcomes.values())
        return {**entries, RELEVANT: relevant, OFF_TOPIC: revisions - relevant, **outcomes}


async def _entries(connection: AsyncConnection) -> dict[str, int]:
    sums = [
        sa.func.coalesce(sa.func.sum(feed_state.c.totals[state].as_integer()), 0).label(state)
        for state in get_args(EntryState)
    ]
    row = (await connection.execute(sa.select(*sums))).mappings().one()
    return {state: int(count) for state, count in row.items()}


async def _outcomes(connection: AsyncConnection) -> dict[str, int]:
    query = sa.select(decisions.c.outcome, sa.func.count().label("total")).group_by(decisions.c.outcome)
    found = {row.outcome: row.total for row in await connection.execute(query)}
    return {outcome: found.get(outcome, 0) for outcome in get_args(Outcome)}
