"""The migrations make exactly the tables that the code uses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from shared.db import Database
from shared.migrate import current, pending, upgrade
from shared.tables import feeds, metadata


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    database = Database(empty_url)
    yield database
    await database.close()


def _differences(connection: sa.Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def _tables(connection: sa.Connection) -> set[str]:
    return set(sa.inspect(connection).get_table_names())


async def test_upgrading_from_nothing_leaves_no_difference_to_the_tables_in_code(database: Database) -> None:
    await upgrade(database)
    async with database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_names_of_constraints_and_indexes_are_those_of_the_code(database: Database) -> None:
    def names(connection: sa.Connection) -> set[str | None]:
        inspector = sa.inspect(connection)
        found: list[Any] = [inspector.get_unique_constraints(name) for name in metadata.tables]
        found_keys: list[Any] = [inspector.get_foreign_keys(name) for name in metadata.tables]
        return {each["name"] for group in (*found, *found_keys) for each in group}

    await upgrade(database)
    async with database.read() as connection:
        found = await connection.run_sync(names)
    wanted = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint | sa.ForeignKeyConstraint)
    }
    assert found == wanted


async def test_upgrading_again_changes_nothing_and_keeps_the_rows(database: Database) -> None:
    await upgrade(database)
    row = {"id": "f", "url": "https://a.example/feed", "name": "A", "outlet": "a", "enabled": True}
    moment = sa.func.current_timestamp()
    async with database.write() as connection:
        await connection.execute(sa.insert(feeds).values(**row, created_at=moment))
    await upgrade(database)
    async with database.read() as connection:
        assert (await connection.execute(sa.select(feeds.c.id))).scalars().all() == ["f"]


async def test_services_that_start_at_once_do_not_collide(empty_url: str) -> None:
    async with AsyncExitStack() as stack:
        databases = [Database(empty_url) for _ in range(4)]
        for database in databases:
            stack.push_async_callback(database.close)
        await asyncio.gather(*(upgrade(database) for database in databases))
        async with databases[0].read() as connection:
            assert await connection.run_sync(_differences) == []


async def test_a_database_says_what_is_pending(database: Database) -> None:
    assert await current(database) is None
    before = await pending(database)
    assert before[0] == "0001"
    await upgrade(database)
    assert await pending(database) == ()
    assert await current(database) == before[-1]


async def test_an_upgrade_that_is_interrupted_leaves_nothing_behind(database: Database) -> None:
    async def broken() -> None:
        async with database.write() as connection:
            await connection.run_sync(lambda sync: sync.execute(sa.schema.CreateTable(feeds)))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await broken()
    async with database.read() as connection:
        assert await connection.run_sync(_tables) == set()
