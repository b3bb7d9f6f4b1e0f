"""A whole Pactwatch as its users run it: real processes, started and killed by a test."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from services.api.sealing import SealingKeys
from services.demo.receiver import Receiver
from shared.errors import FetchError
from tests.waiting import until

PROGRAM = (sys.executable, "-m", "services.cli")
ROOT = Path(__file__).parents[2]
SERVICES = ("ingest", "extract", "api")
READY_SECONDS = 90
STOP_SECONDS = 60


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True, kw_only=True)
class Installation:
    """The three services as processes of their own, on one stream and one database."""

    environment: Mapping[str, str]
    log: Path
    ports: Mapping[str, int]
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def url(self, service: str = "api") -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    async def start(self, *services: str) -> None:
        for service in services or SERVICES:
            with self.log.open("ab") as log:
                self.processes[service] = await asyncio.create_subprocess_exec(
                    *PROGRAM, service, env=dict(self.environment), cwd=ROOT, stdout=log, stderr=log
                )

    async def kill(self, service: str) -> None:
        """As kill -9 does."""
        process = self.processes.pop(service)
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()

    async def stop(self) -> None:
        """In good order; a service that does not end in time is a failure."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for service in tuple(self.processes):
            process = self.processes.pop(service)
            code = await asyncio.wait_for(process.wait(), STOP_SECONDS)
            assert code == 0, f"{service} ended with {code}:\n{self.tail()}"

    async def ready(self, *services: str) -> None:
        """Wait until each service says that it can work."""
        for service in services or SERVICES:

            async def says_so(service: str = service) -> bool:
                with suppress(aiohttp.ClientError, TimeoutError):
                    return await self.status(f"{self.url(service)}/readyz") == 200
                return False

            await until(says_so, seconds=READY_SECONDS, what=f"readiness of {service}:\n{self.tail()}\n")

    async def status(self, url: str) -> int:
        async with _session() as session, session.get(url) as answer:
            return answer.status

    async def get(self, path: str) -> Any:
        """What the API answers."""
        async with _session() as session, session.get(self.url() + path) as answer:
            if answer.status >= 500:
                raise FetchError(f"{path}: {answer.status}")
            return await answer.json()

    async def post(self, path: str, body: Mapping[str, object]) -> Any:
        async with _session() as session, session.post(self.url() + path, json=body) as answer:
            assert answer.status == 201, await answer.text()
            return await answer.json()

    async def all(self, path: str) -> list[Any]:
        """Every item of a list, page by page."""
        found: list[Any] = []
        cursor = ""
        more = True
        while more:
            page = await self.get(f"{path}{'&' if '?' in path else '?'}limit=200{cursor}")
            found.extend(page["items"])
            more, cursor = page["more"], f"&after={page['cursor']}"
        return found

    def tail(self, lines: int = 40) -> str:
        """The end of what the services logged."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20), trust_env=False)


def inherited_environment() -> dict[str, str]:
    """The environment of the tests without any setting of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PACTWATCH_")}


def environment_for(
    *, stream: str, database: str, ports: Mapping[str, int], reachable: tuple[int, ...], **extra: str
) -> dict[str, str]:
    """The environment of an installation that may reach the named loopback ports."""
    return {
        **inherited_environment(),
        "PACTWATCH_STREAM": stream,
        "PACTWATCH_DATABASE": database,
        "PACTWATCH_API_PORT": str(ports["api"]),
        "PACTWATCH_INGEST_PORT": str(ports["ingest"]),
        "PACTWATCH_EXTRACT_PORT": str(ports["extract"]),
        "PACTWATCH_ALLOW_LOOPBACK": ",".join(f"127.0.0.1:{port}" for port in reachable),
        "PACTWATCH_SECRET_KEYS": SealingKeys.generate().keys[0],
        "PACTWATCH_MAX_ENTRY_AGE_DAYS": "36500",
        "PACTWATCH_FULL_TEXT": "true",
        "PACTWATCH_POLL_SECONDS": "1",
        "PACTWATCH_POLL_FLOOR_SECONDS": "1",
        "PACTWATCH_POLL_CEILING_SECONDS": "1",
        "PACTWATCH_DOMAIN_PAUSE_SECONDS": "0",
        "PACTWATCH_ARTICLES": "false",  # pages of sample outlets lead nowhere
        "PACTWATCH_DELIVERY_LEASE_SECONDS": "20",
        **extra,
    }


@asynccontextmanager
async def installed(
    *, stream: str, database: str, folder: Path, reachable: tuple[int, ...], **extra: str
) -> AsyncIterator[Installation]:
    """Installed and not started; whatever still runs at the end is killed."""
    ports = {service: free_port() for service in SERVICES}
    installation = Installation(
        environment=environment_for(
            stream=stream, database=database, ports=ports, reachable=reachable, **extra
        ),
        log=folder / "services.log",
        ports=ports,
    )
    try:
        yield installation
    finally:
        for service in tuple(installation.processes):
            await installation.kill(service)


async def subscribe(installation: Installation, receiver: Receiver) -> None:
    """Everything goes to the receiver, which verifies with the secret it is given."""
    answer = await installation.post(
        "/v1/subscriptions", {"url": receiver.url, "description": "a test's receiver"}
    )
    receiver.expect(answer["secret"])
