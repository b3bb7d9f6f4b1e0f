"""One process that plays hundreds of servers, each a host name of its own, and remembers how it was asked."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from aiohttp.abc import AbstractResolver, ResolveResult

from shared.http.addresses import AddressPolicy
from shared.http.client import GuardedClient
from shared.model.times import Clock
from tests.origin.answers import Answer, refusal

LOOPBACK = "127.0.0.1"
USER_AGENT = "Pactwatch/test (+mailto:desk@sample.example)"


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request, when it came by the simulated clock, and what it was answered.

    `together` is how many requests to the same domain were being answered then, this one among them.
    """

    at: datetime
    host: str
    path: str
    headers: Mapping[str, str]
    answer: Answer
    together: int
    written: bool = False

    @property
    def domain(self) -> str:
        return domain_of(self.host)

    @property
    def conditional(self) -> bool:
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


class Host(Protocol):
    """What answers the requests for one host name."""

    def answer(self, path: str, headers: Mapping[str, str], now: datetime) -> Answer: ...

    def delivered(self, answer: Answer) -> None:
        """This answer was written to its last byte."""


@dataclass(slots=True)
class OriginServer:
    """Answers for every name in `hosts`, 404 for others; use as `async with`.

    It listens on one loopback port. To a client of `client()` every name leads here.
    """

    clock: Clock
    hosts: dict[str, Host] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    busy: Counter[str] = field(default_factory=Counter)
    _listener: asyncio.Server | None = None
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, host: str, path: str = "/feed.xml") -> str:
        return f"http://{host}:{self.port}{path}"

    def asked_of(self, host: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.host == host]

    def client(self) -> GuardedClient:
        """A client for which every name leads here."""
        policy = AddressPolicy(allowed=frozenset({(LOOPBACK, self.port)}))
        return GuardedClient(policy=policy, user_agent=USER_AGENT, resolver=Everywhere())

    @property
    def conversations(self) -> frozenset[asyncio.Task[None]]:
        """The tasks that talk with clients now."""
        return frozenset(self._running)

    async def listen(self) -> None:
        """Take connections; after `hang_up` on the same port."""
        self._listener = await asyncio.start_server(self._met, LOOPBACK, self.port, backlog=1_000)
        self.port = self._listener.sockets[0].getsockname()[1]

    def hang_up(self) -> None:
        """Refuse connections from now on."""
        if self._listener is not None:
            self._listener.close()

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        # A client that hangs up is an ordinary thing here; the end of a test cancels who still talks.
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            try:
                await self._converse(reader, writer)
            finally:
                writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        host = headers["host"].rpartition(":")[0]
        with self._counted(domain_of(host)) as together:
            asked = self._answered(host, first.split(" ")[1], headers, together)
            await asked.answer.manner(asked.answer, writer)
            await writer.drain()
            asked.written = True
            if host in self.hosts:
                self.hosts[host].delivered(asked.answer)

    def _answered(self, host: str, path: str, headers: Mapping[str, str], together: int) -> Asked:
        now = self.clock()
        known = self.hosts.get(host)
        answer = known.answer(path, headers, now) if known else refusal(404)
        asked = Asked(at=now, host=host, path=path, headers=headers, answer=answer, together=together)
        self.asked.append(asked)
        return asked

    @contextmanager
    def _counted(self, domain: str) -> Iterator[int]:
        self.busy[domain] += 1
        try:
            yield self.busy[domain]
        finally:
            self.busy[domain] -= 1


class Everywhere(AbstractResolver):
    """Every name is on loopback; names under `.unknown` are nowhere."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host.endswith(".unknown"):
            raise OSError(f"{host} does not resolve")
        found = ResolveResult(
            hostname=host, host=LOOPBACK, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
        )
        return [{**found, "family": socket.AF_INET}]

    async def close(self) -> None: ...


def domain_of(host: str) -> str:
    """The registrable domain of one of our host names: the last two labels."""
    return ".".join(host.split(".")[-2:])
