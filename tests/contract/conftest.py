"""Databases for the suites that run on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.db import Database
from shared.migrate import upgrade
from tests.databases import KINDS, empty_database


@pytest.fixture(params=KINDS)
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a new database without tables."""
    async with empty_database(request, tmp_path) as url:
        yield url


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    """A migrated database."""
    database = Database(empty_url)
    try:
        await upgrade(database)
        yield database
    finally:
        await database.close()
