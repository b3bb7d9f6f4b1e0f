"""Servers on loopback that answer exactly the bytes they are told to, and count who dials them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp.abc import AbstractResolver

from shared.http.addresses import DEFAULT_PORTS, AddressPolicy
from shared.http.client import GuardedClient

Script = Callable[[str, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Server:
    """`requests` are the heads received, in order; `dials` counts connections, even silent ones."""

    port: int
    host: str = "127.0.0.1"
    dials: int = 0
    requests: list[str] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"


def answer(status: int = 200, body: bytes = b"ok", **headers: str) -> bytes:
    """A whole answer on the wire; header names are written with underscores."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def saying(wire: bytes) -> Script:
    """A script that writes these bytes and closes."""

    async def say(_: str, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(wire)

    return say


@asynccontextmanager
async def serving(
    script: Script, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """A server that runs the script on each connection, once the head of a request is there."""
    server = Server(port=port, host=host)
    running: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        server.requests.append(head)
        await script(head.split(" ")[1], reader, writer)
        await writer.drain()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.dials += 1
        task = asyncio.current_task()
        if task is not None:
            running.add(task)
            task.add_done_callback(running.discard)
        # A client that hangs up is the subject of half the tests; the end of a test cancels who still talks.
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            try:
                await converse(reader, writer)
            finally:
                writer.close()

    listener = await asyncio.start_server(met, host, port, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@asynccontextmanager
async def canary_on_both_loopbacks() -> AsyncIterator[Server]:
    """A server that nobody must ever dial, on 127.0.0.1 and ::1 with one port; both count into one."""
    async with AsyncExitStack() as stack:
        canary = await stack.enter_async_context(serving(saying(answer(body=b"secret"))))
        twin = await stack.enter_async_context(
            serving(saying(answer(body=b"secret")), host="::1", port=canary.port)
        )
        yield canary
        canary.dials += twin.dials


def client_for(
    *servers: Server, canary: Server | None = None, resolver: AbstractResolver | None = None
) -> GuardedClient:
    """A client whose operator named these servers.

    The canary's port is as good as 443 to it, so that nothing but the canary's address keeps it away.
    """
    policy = AddressPolicy(
        ports=DEFAULT_PORTS | ({canary.port} if canary else set()),
        allowed=frozenset((server.host, server.port) for server in servers),
    )
    return GuardedClient(
        policy=policy, user_agent="Pactwatch-tests/0 (+mailto:desk@example.org)", resolver=resolver
    )
