"""Bring a database to the tables this program knows, from nothing or from any earlier version.

Services that start at the same moment take turns: on PostgreSQL by an advisory lock, on SQLite because a
write transaction is exclusive. Everything happens in one transaction: a half-migrated database cannot be.
"""

import asyncio
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.errors import DatabaseUnavailableError

SCRIPTS = Path(__file__).resolve().parents[1] / "deploy" / "migrations"
MIGRATION_LOCK = 7_036_874_417_766_400
PATIENCE = timedelta(minutes=5)
LOOK_AGAIN = timedelta(milliseconds=200)

log = structlog.get_logger()


async def upgrade(database: Database) -> None:
    """Apply what is pending; nothing when all is applied. Raises DatabaseUnavailableError."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE.total_seconds()
    while not await _upgraded(database):
        if loop.time() > deadline:
            raise DatabaseUnavailableError(f"another process has been migrating it for {PATIENCE}")
        await asyncio.sleep(LOOK_AGAIN.total_seconds())


async def current(database: Database) -> str | None:
    """The revision the database is at, None for an empty one. Raises DatabaseUnavailableError."""
    async with database.read() as connection:
        return await connection.run_sync(_current)


async def pending(database: Database) -> tuple[str, ...]:
    """The revisions still to be applied, in order. Raises DatabaseUnavailableError."""
    known = [script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()][::-1]
    here = await current(database)
    return tuple(known if here is None else known[known.index(here) + 1 :])


async def _upgraded(database: Database) -> bool:
    """Upgrade; False when it is another's turn."""
    async with database.write() as connection:
        if not await _take_turn(connection):
            return False
        before = await connection.run_sync(_current)
        await connection.run_sync(_run)
        after = await connection.run_sync(_current)
    if after != before:
        log.info("database_migrated", before=before, after=after)
    return True


async def _take_turn(connection: AsyncConnection) -> bool:
    if connection.dialect.name == "sqlite":
        return True
    query = sa.select(sa.func.pg_try_advisory_xact_lock(MIGRATION_LOCK))
    return bool((await connection.execute(query)).scalar_one())


def _run(connection: sa.Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _current(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
