"""Every way in which a third of the soak's feeds fail, each as what the server does with a request."""

import asyncio
import gzip
import socket
import struct
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Final

from tests.waiting import rest

MEGABYTE: Final = 1024 * 1024
SILENCE_SECONDS: Final = 600
"""Longer than any client waits."""

Trouble = Callable[["Wire", str], Awaitable[None]]


class Wire:
    """The connection of one request, as far as troubles need it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Raises ConnectionError once the client is gone."""
        if self._writer.is_closing():
            raise ConnectionResetError("the client is gone")
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, status: str, body: bytes = b"", *headers: str, length: int | None = None) -> None:
        """A head and a body; `length` is what the head claims, if not the truth."""
        lines = (
            f"HTTP/1.1 {status}",
            "Content-Type: application/rss+xml",
            f"Content-Length: {len(body) if length is None else length}",
            "Connection: close",
            *headers,
        )
        await self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def reset(self) -> None:
        """End it as a crashing server does, instead of saying good-bye."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport = self._writer.transport
        transport.abort()


def _status(status: str, *headers: str) -> Trouble:
    async def trouble(wire: Wire, _path: str) -> None:
        await wire.answer(status, b"", *headers)

    return trouble


def _body(make: Callable[[], bytes], *headers: str, missing: int = 0) -> Trouble:
    async def trouble(wire: Wire, _path: str) -> None:
        body = make()
        await wire.answer("200 OK", body, *headers, length=len(body) + missing)

    return trouble


async def _reset(wire: Wire, _path: str) -> None:
    wire.reset()


async def _silent(_wire: Wire, _path: str) -> None:
    await rest(SILENCE_SECONDS)


async def _drip(wire: Wire, _path: str) -> None:
    await wire.answer("200 OK", b"<rss>", length=100_000)
    for _ in range(SILENCE_SECONDS):
        await rest(1)
        await wire.send(b" ")


async def _endless_redirect(wire: Wire, path: str) -> None:
    await wire.answer("302 Found", b"", f"Location: {path}x")


@cache
def _bomb() -> bytes:
    return gzip.compress(b"<rss>" + b" " * (100 * MEGABYTE), 9)


@cache
def _oversized() -> bytes:
    return b"<rss>" + b"x" * (11 * MEGABYTE)


@cache
def _attributes() -> bytes:
    return b"<rss version='2.0' " + b" ".join(b"a%d='1'" % number for number in range(100_000)) + b"/>"


def _nested() -> bytes:
    return b"<rss><channel>" + b"<a>" * 50_000


def _entities() -> bytes:
    laughs = b"".join(b"<!ENTITY l%d '%s'>" % (depth, b"&l%d;" % (depth - 1) * 10) for depth in range(1, 10))
    return (
        b"<!DOCTYPE rss [<!ENTITY l0 'ha'>" + laughs + b"]><rss><channel><title>&l9;</title></channel></rss>"
    )


_HALF: Final = b"<rss version='2.0'><channel><item><title>Whole</title><guid>whole</guid></item><item>"

TROUBLES: Final[dict[str, Trouble]] = {
    "reset": _reset,
    "silent": _silent,
    "drip": _drip,
    "not_found": _status("404 Not Found"),
    "gone": _status("410 Gone"),
    "broken": _status("500 Internal Server Error"),
    "busy": _status("503 Service Unavailable", "Retry-After: 20"),
    "too_many": _status("429 Too Many Requests", "Retry-After: 20"),
    "forbidden": _status("403 Forbidden"),
    "page": _body(lambda: b"<!doctype html><html><body>We are being redecorated.</body></html>"),
    "half": _body(lambda: _HALF),
    "wrong_length": _body(lambda: _HALF, missing=5_000),
    "empty": _body(lambda: b""),
    "nonsense": _body(lambda: b"<rss><channel><<<&&&\x00\xff</item></channel>"),
    "path_as_body": _body(lambda: b"/etc/hostname"),
    "no_gzip": _body(lambda: b"not compressed at all", "Content-Encoding: gzip"),
    "bomb": _body(_bomb, "Content-Encoding: gzip"),
    "oversized": _body(_oversized),
    "attributes": _body(_attributes),
    "nested": _body(_nested),
    "entities": _body(_entities),
    "endless_redirect": _endless_redirect,
    "to_private_address": _status("302 Found", "Location: http://10.0.0.1/feed.xml"),
    "to_nowhere": _status("301 Moved Permanently", "Location: gopher://sample.example/"),
}
"""By name; beside these there is `refused`, whose port nobody listens on."""
