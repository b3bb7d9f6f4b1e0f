"""A webhook receiver on loopback that answers as the test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from standardwebhooks import Webhook

Answer = Callable[[int], Awaitable[web.Response]]
"""Given how many requests came before, what to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it arrived."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]

    def verify(self, secret: str) -> None:
        Webhook(secret).verify(self.body, dict(self.headers))


@dataclass(slots=True, kw_only=True)
class Receiver:
    """What came in, at `url`."""

    url: str
    endpoint: str
    requests: list[Received] = field(default_factory=list)

    async def got(self, count: int) -> bool:
        return len(self.requests) >= count


async def accept(_before: int) -> web.Response:
    return web.Response(status=204)


def in_turn(*answers: web.Response) -> Answer:
    """These answers one after the other, then acceptance."""

    async def answer(before: int) -> web.Response:
        return answers[before] if before < len(answers) else web.Response(status=204)

    return answer


async def never(_before: int) -> web.Response:
    await asyncio.get_running_loop().create_future()
    raise AssertionError


@asynccontextmanager
async def receiving(answer: Answer = accept) -> AsyncIterator[Receiver]:
    """A running receiver; open requests are dropped at the end."""
    found = Receiver(url="", endpoint="")

    async def handle(request: web.Request) -> web.Response:
        before = len(found.requests)
        headers = {name.lower(): value for name, value in request.headers.items()}
        found.requests.append(Received(headers=headers, body=await request.read()))
        return await answer(before)

    app = web.Application()
    app.router.add_post("/hook", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port: int = runner.addresses[0][1]
    found.endpoint = f"127.0.0.1:{port}"
    found.url = f"http://{found.endpoint}/hook"
    try:
        yield found
    finally:
        await runner.cleanup()
