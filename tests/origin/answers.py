"""What a server may say to a feed reader, and the manners in which it may say it."""

import socket
import struct
from asyncio import StreamWriter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.waiting import rest

CHUNK: Final = 65_536

Manner = Callable[["Answer", StreamWriter], Awaitable[None]]


async def whole(answer: "Answer", writer: StreamWriter) -> None:
    """Head and body, as it should be."""
    writer.write(answer.head(len(answer.body)))
    for start in range(0, len(answer.body), CHUNK):
        writer.write(answer.body[start : start + CHUNK])
        await writer.drain()


async def cut_short(answer: "Answer", writer: StreamWriter) -> None:
    """Half of the body that the head promised, then the end of the connection."""
    writer.write(answer.head(len(answer.body)) + answer.body[: len(answer.body) // 2])


async def short_measured(answer: "Answer", writer: StreamWriter) -> None:
    """The whole body under a head that promises half of it."""
    writer.write(answer.head(len(answer.body) // 2) + answer.body)


async def long_measured(answer: "Answer", writer: StreamWriter) -> None:
    """The whole body under a head that promises more, then the end of the connection."""
    writer.write(answer.head(len(answer.body) + 100) + answer.body)


async def reset(answer: "Answer", writer: StreamWriter) -> None:
    """Half of the body, then a connection reset."""
    await cut_short(answer, writer)
    await writer.drain()
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def silent(_answer: "Answer", writer: StreamWriter) -> None:
    """Nothing, until the client leaves."""
    while not writer.is_closing():
        await rest(0.02)


async def dripping(answer: "Answer", writer: StreamWriter) -> None:
    """A byte every fiftieth of a second, for ever, until the client leaves."""
    writer.write(answer.head(10_000_000) + answer.body[:100])
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await rest(0.02)


def endless(most_bytes: int) -> Manner:
    """The body again and again, without a promise of how long it will be, up to `most_bytes`."""

    async def pour(answer: "Answer", writer: StreamWriter) -> None:
        writer.write(answer.head(None))
        left = most_bytes
        while left > 0 and not writer.is_closing():
            writer.write(answer.body[:left])
            left -= len(answer.body)
            await writer.drain()

    return pour


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer and how it comes onto the wire."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = whole

    def head(self, length: int | None) -> bytes:
        """The head, that promises a body of `length` bytes, or does not say."""
        lines = [f"HTTP/1.1 {self.status} Said", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if length is not None and self.status != 304:
            lines.append(f"Content-Length: {length}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def page(title: str = "One moment, please") -> Answer:
    """An HTML page with which a server makes sure that its visitor is human."""
    body = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><p>Checking.</p></body></html>"
    return Answer(body=body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def refusal(status: int, **headers: str) -> Answer:
    """An answer without a document; underscores in header names stand for hyphens."""
    return Answer(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def redirect(status: int, to: str) -> Answer:
    return Answer(status=status, headers={"Location": to})
