"""Run a command between the start and the end of real servers: `deploy/with-servers`, `deploy/with-backend`.

The servers live in folders of their own and are gone when the command has ended, whatever ended it. All that
this says goes to standard error; standard output is the command's.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

from deploy.kafka.folder import throwaway_cluster
from deploy.postgres.databases import asyncpg_url
from deploy.postgres.folder import throwaway_server
from deploy.texts import boxed
from shared.errors import PactwatchError, UnavailableError

# What a command may take to end by itself once we were told to end.
COMMAND_GRACE = timedelta(seconds=20)
USAGE = "usage: deploy.launch tests|kafka COMMAND [ARGUMENT ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """A kind of server for the tests: the setting that names one, how it is started, why it could not be."""

    name: str
    start: Callable[[AsyncExitStack], Awaitable[str]]

    @property
    def setting(self) -> str:
        """The setting that names the tests their server."""
        return f"PACTWATCH_TEST_{self.name.upper()}"

    @property
    def absence(self) -> str:
        """The setting that tells the tests why there is no such server."""
        return f"PACTWATCH_ABSENT_{self.name.upper()}"


async def _start_kafka(stack: AsyncExitStack) -> str:
    cluster = await stack.enter_async_context(throwaway_cluster(1, os.environ))
    return cluster.bootstrap


async def _start_postgres(stack: AsyncExitStack) -> str:
    server = await stack.enter_async_context(throwaway_server(os.environ))
    return server.dsn()


TEST_SERVERS = (
    Provision(name="kafka", start=_start_kafka),
    Provision(name="postgres", start=_start_postgres),
)


async def with_test_servers(command: Sequence[str]) -> int:
    """Run `command` with what servers can be had; its exit status, or 1 when a required server is absent."""
    required = {name.strip() for name in os.environ.get("PACTWATCH_REQUIRE", "").split(",")}
    async with AsyncExitStack() as stack:
        settings, absences = await _provide(stack)
        for name, reason in absences.items():
            _tell(boxed(f"NOT CHECKED: {name} tests, because", reason.splitlines()))
        if missing := required & absences.keys():
            _tell(f"PACTWATCH_REQUIRE asks for {', '.join(sorted(missing))}: no tests were run")
            return 1
        return await run_to_end(command, {**os.environ, **settings})


async def with_kafka_backend(command: Sequence[str]) -> int:
    """Run `command` with the service's own settings pointing to a fresh broker and a fresh database."""
    async with throwaway_cluster(1, os.environ) as cluster, throwaway_server(os.environ) as server:
        database = await server.create_database("pactwatch")
        settings = {
            "PACTWATCH_STREAM": f"kafka://{cluster.bootstrap}",
            "PACTWATCH_DATABASE": asyncpg_url(database),
        }
        return await run_to_end(command, {**os.environ, **settings})


async def run_to_end(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """The exit status of `command` as a shell has it; when we are cancelled, it is ended first."""
    try:
        process = await asyncio.create_subprocess_exec(*command, env=environment)
    except OSError as error:
        _tell(f"{command[0]}: {error.strerror}")
        return 127
    # Ctrl-C reaches the command, too: it ends in its own way, and after it only our clean-up is left.
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, _do_nothing)
    try:
        status = await process.wait()
    finally:
        await _end(process)
    return status if status >= 0 else 128 - status


async def _provide(stack: AsyncExitStack) -> tuple[dict[str, str], dict[str, str]]:
    """Settings for the tests, and the reason for every kind of server that is missing."""
    settings: dict[str, str] = {}
    absences: dict[str, str] = {}
    for provision in TEST_SERVERS:
        if os.environ.get(provision.setting):
            continue
        try:
            settings[provision.setting] = await provision.start(stack)
        except UnavailableError as error:
            absences[provision.name] = error.detail
            settings[provision.absence] = error.detail.partition("\n")[0]
    return settings, absences


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(COMMAND_GRACE.total_seconds()):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _cancel_on(*signals: signal.Signals) -> None:
    """The first of these signals cancels the current task; further ones must not disturb its clean-up."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def cancel() -> None:
        for number in signals:
            loop.add_signal_handler(number, _do_nothing)
        if task is not None:
            task.cancel()

    for number in signals:
        loop.add_signal_handler(number, cancel)


def _do_nothing() -> None:
    """A signal that is none of our business now."""


async def _launch(kind: str, command: Sequence[str]) -> int:
    kinds = {"tests": with_test_servers, "kafka": with_kafka_backend}
    _cancel_on(signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    return await kinds[kind](command)


def _tell(message: str) -> None:
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str]) -> int:
    """Run; what went wrong is a message on standard error. 143 when we were told to end."""
    kind, *command = arguments or [""]
    if kind not in {"tests", "kafka"} or not command:
        _tell(USAGE)
        return 2
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        return asyncio.run(_launch(kind, command))
    except PactwatchError as error:
        _tell(boxed("cannot run on real servers", str(error).splitlines()))
        return 1
    except asyncio.CancelledError:
        return 128 + signal.SIGTERM


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
