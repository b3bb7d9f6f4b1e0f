"""The soak's origin: a process with thousands of hosts, two thirds honest and the rest hostile.

    python -m tests.bench.soak.origin 2000

It tells its port once it listens, and at every line of input what it has served since its start; after
"over" healthy feeds serve nothing more.
"""

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Final

import msgspec
import uvloop

from tests.bench.polling.documents import NEW_PER_POLL, Documents, Recipe
from tests.bench.polling.hosts import listening
from tests.bench.polling.rounds import tell
from tests.bench.soak.cast import HEALTHY, REFUSED, kind
from tests.bench.soak.troubles import TROUBLES, Wire

ITEMS: Final = 12
REVISION_SECONDS: Final = 90
"""A healthy feed changes so often; it holds the items of four revisions, so that no poll misses one."""


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct items in whole answers of healthy feeds, requests of all feeds, and the longest time a healthy
    feed was left alone between two requests, with its number."""

    items: int
    requests: int
    longest_gap_seconds: float
    loneliest: int


@dataclass(slots=True, kw_only=True)
class _Told:
    """What one healthy feed has served."""

    end: int = 0
    items: int = 0
    asked_at: float | None = None
    longest_gap: float = 0.0


class SoakOrigin:
    """Answers for every feed."""

    def __init__(self) -> None:
        self._documents = Documents(Recipe(summary=400, content=0), datetime.now(UTC))
        self._began = monotonic()
        self._told: dict[int, _Told] = {}
        self._requests = 0
        self.over = False

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request and what comes of it."""
        with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            self._requests += 1
            name, _, number = path[1:].partition("/")
            if name == HEALTHY:
                await self._healthy(Wire(writer), int(number), head)
            else:
                await TROUBLES[name](Wire(writer), path)
        with suppress(ConnectionError):
            writer.close()

    def served(self) -> Served:
        now = monotonic()
        gaps = {
            number: max(told.longest_gap, now - (told.asked_at or now)) for number, told in self._told.items()
        }
        loneliest = max(gaps, key=lambda number: gaps[number], default=0)
        return Served(
            items=sum(told.items for told in self._told.values()),
            requests=self._requests,
            longest_gap_seconds=gaps.get(loneliest, 0.0),
            loneliest=loneliest,
        )

    async def _healthy(self, wire: Wire, number: int, head: str) -> None:
        told = self._told.setdefault(number, _Told())
        now = monotonic()
        if told.asked_at is not None:
            told.longest_gap = max(told.longest_gap, now - told.asked_at)
        told.asked_at = now
        if self.over:
            await wire.answer("503 Service Unavailable")
            return
        # Each feed has a phase of its own, so that they do not all change at once.
        revision = int((now - self._began + number % REVISION_SECONDS) / REVISION_SECONDS)
        tag = f'ETag: "{revision}"'
        if f'"{revision}"' in head:
            await wire.send(f"HTTP/1.1 304 Not Modified\r\n{tag}\r\nConnection: close\r\n\r\n".encode())
            return
        await wire.answer("200 OK", self._documents.render(str(number), revision, ITEMS), tag)
        end = revision * NEW_PER_POLL + ITEMS
        told.items += min(ITEMS, end - told.end)
        told.end = end


async def serve(feeds: int) -> None:
    """Serve until standard input ends."""
    origin, sockets = SoakOrigin(), listening(feeds)
    port = sockets[0].getsockname()[1]
    for number, each in enumerate(sockets):
        if kind(number) == REFUSED:
            each.close()
        else:
            await asyncio.start_server(origin.talk, sock=each, limit=65_536)
    tell({"port": port})
    while line := await asyncio.to_thread(sys.stdin.readline):
        origin.over = origin.over or "over" in line
        tell(origin.served())


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
