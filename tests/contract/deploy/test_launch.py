"""A command between real servers: it finds them, its status comes through, nothing is left after it."""

import asyncio
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers import demand_kafka_program, demand_postgres_program

ROOT = Path(__file__).parents[3]
WITH_SERVERS = str(ROOT / "deploy" / "with-servers")
WITH_BACKEND = str(ROOT / "deploy" / "with-backend")
SERVER_TEST = "tests/contract/deploy/test_servers.py::test_the_broker_of_the_session_answers"
ELSEWHERE = {"PACTWATCH_TEST_KAFKA": "127.0.0.1:9", "PACTWATCH_TEST_POSTGRES": "postgresql://127.0.0.1:9/x"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a program ended and what it said."""

    status: int | None
    output: str
    errors: str


async def test_the_status_of_the_command_comes_through_and_given_servers_are_used() -> None:
    ended = await run(WITH_SERVERS, "sh", "-c", "echo $PACTWATCH_TEST_KAFKA; exit 7", settings=ELSEWHERE)
    assert ended == Ended(status=7, output="127.0.0.1:9\n", errors="")


async def test_a_server_that_cannot_be_had_is_announced_in_a_box_and_the_command_still_runs() -> None:
    ended = await run(WITH_SERVERS, "echo", "ran", settings=without_java())
    assert (ended.status, ended.output) == (0, "ran\n")
    assert "║ NOT CHECKED: kafka tests, because " in ended.errors
    assert "java not found" in ended.errors


async def test_a_required_server_that_cannot_be_had_is_failure_before_the_command() -> None:
    ended = await run(
        WITH_SERVERS, "echo", "ran", settings={**without_java(), "PACTWATCH_REQUIRE": "kafka,postgres"}
    )
    assert (ended.status, ended.output) == (1, "")
    assert "java not found" in ended.errors


async def test_tests_that_found_no_server_are_listed_at_the_end_of_the_run() -> None:
    ended = await run(
        sys.executable, "-m", "pytest", SERVER_TEST, settings={"PACTWATCH_ABSENT_KAFKA": "no java"}
    )
    assert ended.status == 0
    assert "║ 1 tests: kafka, because: no java" in ended.output


async def test_tests_that_found_no_required_server_fail() -> None:
    ended = await run(sys.executable, "-m", "pytest", SERVER_TEST, settings={"PACTWATCH_REQUIRE": "kafka"})
    assert ended.status == 1
    assert "no real server: kafka" in ended.output


async def test_a_command_told_to_end_takes_its_servers_with_it(tmp_path: Path) -> None:
    await demand_kafka_program()
    demand_postgres_program()
    command = (
        WITH_BACKEND,
        "kafka",
        "sh",
        "-c",
        "echo $PACTWATCH_STREAM $PACTWATCH_DATABASE; exec sleep 600",
    )
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, env=environment({"TMPDIR": str(tmp_path)})
    )
    assert process.stdout is not None
    stream, database = (await process.stdout.readline()).decode().split()
    assert (urlsplit(stream).scheme, urlsplit(database).scheme) == ("kafka", "postgresql+asyncpg")
    assert is_listening(stream)
    assert is_listening(database)
    process.terminate()
    assert await process.wait() == 143
    assert not is_listening(stream)
    assert not is_listening(database)
    assert leftovers(tmp_path) == []


async def test_an_embedded_backend_is_the_bare_command() -> None:
    ended = await run(WITH_BACKEND, "embedded", "sh", "-c", "echo ${PACTWATCH_STREAM-none}; exit 3")
    assert ended == Ended(status=3, output="none\n", errors="")


async def test_an_unknown_backend_is_refused_by_name() -> None:
    ended = await run(WITH_BACKEND, "rabbit", "true")
    assert ended == Ended(status=2, output="", errors="BACKEND is embedded or kafka, not rabbit\n")


def without_java() -> dict[str, str]:
    return {"JAVA_HOME": "/nowhere", "PACTWATCH_TEST_POSTGRES": ELSEWHERE["PACTWATCH_TEST_POSTGRES"]}


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Ours without our own servers and demands, and with these settings."""
    ours = ("PACTWATCH_TEST_", "PACTWATCH_ABSENT_", "PACTWATCH_REQUIRE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | dict(settings)


async def run(*command: str, settings: Mapping[str, str] | None = None) -> Ended:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(settings or {}),
        cwd=ROOT,
    )
    output, errors = await process.communicate()
    return Ended(status=process.returncode, output=output.decode(), errors=errors.decode())


def leftovers(directory: Path) -> list[Path]:
    return list(directory.iterdir())


def is_listening(address: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(address).port or 0)) == 0
