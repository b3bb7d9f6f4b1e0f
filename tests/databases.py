"""Empty databases of both kinds for tests."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.postgres.databases import asyncpg_url, create_database, drop_database

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@asynccontextmanager
async def empty_database(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[str]:
    """The URL of a new database of the kind in `request.param`, gone afterwards."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{folder}/pactwatch.db"
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"test_{uuid.uuid4().hex}"
    dsn = await create_database(server, name)
    try:
        yield asyncpg_url(dsn)
    finally:
        await drop_database(server, name)
