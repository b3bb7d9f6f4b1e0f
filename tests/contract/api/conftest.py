"""Each test of the stores runs on SQLite and on PostgreSQL."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.postgres.databases import asyncpg_url, create_database, drop_database
from shared.db import Database
from shared.store.deliveries import DeliveryStore
from shared.store.subscriptions import SubscriptionStore
from shared.tables import metadata
from tests.contract.api.serving import Serving, serving


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A new database with every table."""
    if request.param == "sqlite":
        async with _ready(f"sqlite+aiosqlite:///{tmp_path}/pactwatch.db") as db:
            yield db
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"test_{uuid.uuid4().hex}"
    dsn = await create_database(server, name)
    try:
        async with _ready(asyncpg_url(dsn)) as db:
            yield db
    finally:
        await drop_database(server, name)


@pytest.fixture
def deliveries(database: Database) -> DeliveryStore:
    return DeliveryStore(database)


@pytest.fixture
def subscriptions(database: Database) -> SubscriptionStore:
    return SubscriptionStore(database)


@asynccontextmanager
async def _ready(url: str) -> AsyncIterator[Database]:
    db = Database(url)
    try:
        async with db.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        yield db
    finally:
        await db.close()


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Serving]:
    """The api on that database."""
    async with serving(database) as served:
        yield served
