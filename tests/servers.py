"""The real servers of the tests: where they are, and what happens to a test whose server is absent.

`deploy/with-servers` starts what it can and names it in `PACTWATCH_TEST_KAFKA` (host:port) and
`PACTWATCH_TEST_POSTGRES` (DSN). A test that needs an absent one is skipped, and the last lines of the run say
so in a box; with the kind of server in `PACTWATCH_REQUIRE` (comma separated) it fails instead.
"""

import os
from collections import Counter
from collections.abc import Iterable
from typing import NoReturn

import pytest

from deploy.kafka.program import locate_program
from deploy.postgres.account import server_account
from deploy.postgres.server import find_binaries
from deploy.texts import boxed
from shared.errors import UnavailableError

# Every fixture that brings a real server, with the mark of the tests that use it.
SERVER_FIXTURES = {
    "kafka_broker": "kafka",
    "kafka_cluster": "kafka",
    "killable_broker": "kafka",
    "postgres_server": "postgres",
    "postgres_dsn": "postgres",
    "fresh_postgres": "postgres",
    "killable_postgres": "postgres",
}
PREFIX = "no real server: "


def given_server(kind: str) -> str:
    """The address of the session's server; without one the test is skipped, or fails where it is required."""
    address = os.environ.get(f"PACTWATCH_TEST_{kind.upper()}")
    if not address:
        absent(kind, os.environ.get(f"PACTWATCH_ABSENT_{kind.upper()}", "not run by deploy/with-servers"))
    return address


async def demand_kafka_program() -> None:
    """As `given_server` for tests that start brokers of their own: Java and the jars must be there."""
    try:
        await locate_program(os.environ)
    except UnavailableError as error:
        absent("kafka", error.detail)


def demand_postgres_program() -> None:
    """As `given_server` for tests that start a server of their own: Debian's package must be there."""
    try:
        find_binaries()
        server_account()
    except UnavailableError as error:
        absent("postgres", error.detail)


def absent(kind: str, reason: str) -> NoReturn:
    """End the current test: failed where this kind of server is required, else skipped."""
    message = f"{PREFIX}{kind}, because: {reason}"
    if kind in {name.strip() for name in os.environ.get("PACTWATCH_REQUIRE", "").split(",")}:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def unchecked(skipped: Iterable[pytest.TestReport]) -> str | None:
    """What the run did not check, as a box for the end of its output; None when all servers were there."""
    counts = Counter(filter(None, map(_absence, skipped)))
    if not counts:
        return None
    return boxed("NOT CHECKED", [f"{count} tests: {reason}" for reason, count in sorted(counts.items())])


def _absence(report: pytest.TestReport) -> str | None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    _, found, absence = reason.partition(PREFIX)
    return absence if found else None
