"""Fixtures of real servers, for every test that wants one. `tests/servers.py` says what happens without."""

import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from deploy.kafka.cluster import KafkaCluster
from deploy.kafka.folder import throwaway_cluster
from deploy.postgres.databases import create_database, drop_database
from deploy.postgres.folder import throwaway_server
from deploy.postgres.server import PostgresServer
from tests.servers import (
    SERVER_FIXTURES,
    demand_kafka_program,
    demand_postgres_program,
    given_server,
    unchecked,
)

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Mark every test by the servers it uses, so that `-m "not kafka"` selects without anybody's care."""
    for item in items:
        for name in getattr(item, "fixturenames", ()):
            if mark := SERVER_FIXTURES.get(name):
                item.add_marker(mark)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say last and loudly what could not be checked."""
    if box := unchecked(terminalreporter.stats.get("skipped", [])):
        terminalreporter.write(f"\n{box}\n", yellow=True)


@pytest.fixture(scope="session")
def kafka_broker() -> str:
    """`host:port` of the session's broker. Everybody's: make topics and groups with names of your own."""
    return given_server("kafka")


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The DSN of the session's server. Everybody's: write only to databases of your own."""
    return given_server("postgres")


@pytest.fixture
async def fresh_postgres(postgres_server: str) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Makes a new, empty database at every call and returns its DSN; all are dropped after the test."""
    made: list[str] = []

    async def make() -> str:
        name = f"test_{uuid.uuid4().hex}"
        made.append(name)
        return await create_database(postgres_server, name)

    yield make
    for name in made:
        await drop_database(postgres_server, name)


@pytest.fixture
async def postgres_dsn(fresh_postgres: Callable[[], Awaitable[str]]) -> str:
    """The DSN of a new, empty database for this test."""
    return await fresh_postgres()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kafka_cluster() -> AsyncIterator[KafkaCluster]:
    """Three brokers for the tests of this module, to be killed and started one by one. Leave them running."""
    await demand_kafka_program()
    async with throwaway_cluster(3, os.environ) as cluster:
        yield cluster


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def killable_broker() -> AsyncIterator[KafkaCluster]:
    """A cluster of one broker for the tests of this module, to be killed and started. Leave it running."""
    await demand_kafka_program()
    async with throwaway_cluster(1, os.environ) as cluster:
        yield cluster


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def killable_postgres() -> AsyncIterator[PostgresServer]:
    """A PostgreSQL server for the tests of this module, to be killed and started. Leave it running."""
    demand_postgres_program()
    async with throwaway_server(os.environ) as server:
        yield server
