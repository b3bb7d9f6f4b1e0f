"""All rows of the tables that extract writes, and how to be rid of them."""

from typing import Any

import sqlalchemy as sa

from shared.db import Database
from shared.tables import alerts, decisions, event_stories, events, metadata, stories, story_revisions

WRITTEN_BY_EXTRACT = (stories, story_revisions, events, event_stories, alerts, decisions)


async def all_rows(database: Database, *, without: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row by table, sorted; columns named in `without` are left out."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    async with database.read() as connection:
        for table in WRITTEN_BY_EXTRACT:
            columns = [column for column in table.columns if column.name not in without]
            rows = await connection.execute(sa.select(*columns))
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


async def wipe(database: Database) -> None:
    """Delete every row, so that one database serves many examples."""
    async with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(sa.delete(table))
