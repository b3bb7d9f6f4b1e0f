"""Fresh databases on any PostgreSQL server, ours or one that was given."""

from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.errors import InputError

LONGEST_NAME = 63  # PostgreSQL cuts longer names silently, so two of them could be one database


async def create_database(server: str, name: str) -> str:
    """Create a database through the DSN of another on the same server; its own DSN."""
    await _execute(server, f"CREATE DATABASE {_quoted(name)}")
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


async def drop_database(server: str, name: str) -> None:
    """Drop a database, throwing out whoever is still connected; nothing when there is none."""
    await _execute(server, f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


def asyncpg_url(dsn: str) -> str:
    """The same address as SQLAlchemy wants it."""
    return urlunsplit(urlsplit(dsn)._replace(scheme="postgresql+asyncpg"))


def _quoted(name: str) -> str:
    if not (name.isidentifier() and name.isascii() and len(name) <= LONGEST_NAME):
        raise InputError(f"not a name for a database: {name!r}")
    return f'"{name}"'


async def _execute(server: str, statement: str) -> None:
    engine = create_async_engine(asyncpg_url(server), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()
