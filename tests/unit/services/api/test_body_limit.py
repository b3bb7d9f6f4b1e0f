"""Bodies that are too large, or never end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from httpx2 import ASGITransport, AsyncClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from services.api.body_limit import BodyLimit


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await Response(body)(scope, receive, send)


def asker(**limits: Any) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app=BodyLimit(echo, **limits)), base_url="http://api")


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 10


async def test_a_body_up_to_the_limit_passes_unchanged() -> None:
    async with asker(most=100) as client:
        assert (await client.post("/", content=b"y" * 100)).content == b"y" * 100
        assert (await client.post("/", content=pieces(10))).content == b"x" * 100
        assert (await client.get("/")).content == b""


async def test_a_body_beyond_the_limit_is_refused_also_without_a_declared_length() -> None:
    async with asker(most=100) as client:
        assert (await client.post("/", content=b"y" * 101)).status_code == 413
        assert (await client.post("/", content=pieces(11))).status_code == 413


async def test_a_body_that_never_ends_is_refused_in_time() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        if sent:
            return {"type": "http.disconnect"}
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    await BodyLimit(echo, seconds=0.01)(scope, receive, send)
    assert sent[0]["status"] == 408
