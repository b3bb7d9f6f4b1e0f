"""INSERT … ON CONFLICT for both databases: SQLAlchemy gives each dialect its own statement class."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Insert = sqlite.Insert | postgresql.Insert


def insert_into(connection: AsyncConnection, table: sa.Table) -> Insert:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update` of the connected database."""
    return _insert(connection.dialect.name, table)


def upsert_into(connection: AsyncConnection, table: sa.Table) -> Insert:
    """An insert that replaces the row of the same primary key; values are given when it is executed."""
    return _upsert(connection.dialect.name, table)


@cache
def _upsert(dialect: str, table: sa.Table) -> Insert:
    insert = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    others = {column.name: column for column in insert.excluded if column.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=others)


def _insert(dialect: str, table: sa.Table) -> Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
