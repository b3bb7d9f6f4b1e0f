"""The load origin: a process that serves thousands of feeds on hosts of their own, as cheaply as it can.

    python -m tests.bench.polling.origin 1000

It tells its port as a line of JSON once it listens, and ends when its input does. The path says what a feed
is like: `/{kind}/{reader of it}/{number}`, so that two who are compared see the same feeds without advancing
each other's.

- `not_modified`: 200 with three items and an ETag, then 304 to who sends it back
- `same`: 200 with the same 40 KB each time, without validators
- `small`, `large`: 40 and 338 KB, each time with a few items that were not there before
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, cast

import msgspec
import uvloop

from tests.bench.polling.documents import RECIPES, Documents
from tests.bench.polling.hosts import listening

_END: Final = b"\r\n\r\n"
_TAG: Final = b'"sample-1"'
_NOT_MODIFIED: Final = b"HTTP/1.1 304 Not Modified\r\nETag: " + _TAG + b"\r\nConnection: close\r\n\r\n"


class Feeds:
    """What every path answers, and how often each was asked."""

    def __init__(self, started: datetime) -> None:
        self._changing = {kind: Documents(recipe, started) for kind, recipe in RECIPES.items()}
        small = self._changing["small"]
        self._same = _ok(small.render("same", 0))
        self._tagged = _ok(small.render("same", 0, items=3), b"ETag: " + _TAG + b"\r\n")
        self._asked: Counter[str] = Counter()

    def answer(self, request: bytes) -> bytes:
        """The whole answer to a request, its head being complete."""
        path = request[4 : request.index(b" ", 4)].decode("ascii", "replace")
        kind = path[1 : path.find("/", 1)]
        if kind == "not_modified":
            return _NOT_MODIFIED if _TAG in request else self._tagged
        if kind == "same":
            return self._same
        documents = self._changing.get(kind)
        if documents is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        revision = self._asked[path]
        self._asked[path] += 1
        return _ok(documents.render(path.rpartition("/")[2], revision))


class Conversation(asyncio.Protocol):
    """One request, one answer, and good-bye."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self._request = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is one in all but name

    def data_received(self, data: bytes) -> None:
        self._request += data
        if _END in self._request:
            self._transport.write(self._answer(self._request))
            self._transport.close()


async def serve(hosts: int) -> None:
    """Serve until standard input ends."""
    sockets = listening(hosts)
    loop, feeds = asyncio.get_running_loop(), Feeds(datetime.now(UTC))
    for each in sockets:
        await loop.create_server(lambda: Conversation(feeds.answer), sock=each)
    say({"port": sockets[0].getsockname()[1]})
    await asyncio.to_thread(sys.stdin.read)


def say(value: object) -> None:
    """A line of JSON to whoever started this process."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


def _ok(body: bytes, headers: bytes = b"") -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nConnection: close\r\n"
        + headers
        + b"Content-Length: %d\r\n\r\n" % len(body)
        + body
    )


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
