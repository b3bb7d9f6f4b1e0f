"""The robots.txt of servers: asked for once a day, remembered within bounds."""

import asyncio
from collections import OrderedDict
from datetime import timedelta
from typing import Final
from weakref import WeakValueDictionary

from services.extract.articles.hops import one_hop
from services.extract.articles.worker import permission_in_worker
from services.extract.pages.robots import (
    MOST_BYTES,
    Permission,
    Robots,
    robots_address,
    robots_elsewhere,
    robots_of,
)
from shared.errors import (
    FetchError,
    WorkerCrashedError,
    WorkerTimeoutError,
)
from shared.http.client import GuardedClient
from shared.http.exchange import HttpLimits, HttpRequest, HttpResponse
from shared.model.times import Clock
from shared.workers import WorkerPool

LIMITS: Final = HttpLimits(total=timedelta(seconds=6), body_bytes=MOST_BYTES, truncate=True)
READ_DEADLINE: Final = timedelta(seconds=3)
MOST_KEPT: Final = 1_000
MOST_KEPT_BYTES: Final = 16 * 1024 * 1024

FORBIDDEN: Final = Permission(allowed=False)


class RobotsBook:
    """What servers allow us. Each is asked once, however many want to know at the same time."""

    def __init__(self, client: GuardedClient, workers: WorkerPool, clock: Clock) -> None:
        self._client = client
        self._workers = workers
        self._clock = clock
        self._known: OrderedDict[str, Robots] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn(self, url: str) -> asyncio.Lock:
        """Held by whoever asks this address's server for its robots.txt."""
        address = robots_address(url)
        turn = self._turns.get(address)
        if turn is None:
            turn = self._turns[address] = asyncio.Lock()
        return turn

    def wanted(self, url: str) -> str | None:
        """What to ask next, to know what is allowed at this address; None if that is known."""
        address = robots_address(url)
        found = self._current(address)
        if found is None:
            return address
        return found.onward if found.verdict == "elsewhere" else None

    async def learn(self, url: str) -> HttpResponse | None:
        """Ask what is wanted for this address, and nobody else; the answer, None if there was none.

        DestinationBlockedError if it, or where it redirects to, is not public.
        """
        address, now = robots_address(url), self._clock()
        before = self._current(address)
        target = before.onward if before is not None and before.onward else address
        asked = (*(before.asked if before is not None else ()), target)
        # For whoever is cancelled meanwhile, too: the next story must not wait for the same silence.
        self._keep(address, robots_of(None, b"", now))
        try:
            answer, onward = await one_hop(self._client, HttpRequest(url=target, limits=LIMITS))
        except FetchError:
            return None
        if onward is None:
            self._answered(asked, robots_of(answer.status, answer.body, self._clock()))
        else:
            self._keep(address, self._behind(asked, onward.url))
        return answer

    async def permission(self, url: str) -> Permission:
        """What is known to be allowed; what is not known is not allowed."""
        found = self._known.get(robots_address(url))
        if found is None or found.verdict in ("disallow", "elsewhere"):
            return FORBIDDEN
        if found.verdict == "allow":
            return Permission(allowed=True)
        try:
            return await self._workers.run(permission_in_worker, found.body, url, deadline=READ_DEADLINE)
        except (WorkerCrashedError, WorkerTimeoutError):
            return FORBIDDEN

    def _current(self, address: str) -> Robots | None:
        found = self._known.get(address)
        return found if found is not None and found.until > self._clock() else None

    def _behind(self, asked: tuple[str, ...], onward: str) -> Robots:
        """What a redirect means, without asking where it leads if that is known."""
        there = self._current(onward) if onward not in asked else None
        if there is not None and there.verdict != "elsewhere":
            return there
        return robots_elsewhere(asked, onward, self._clock())

    def _answered(self, asked: tuple[str, ...], robots: Robots) -> None:
        """Keep the answer for all servers that redirected to it, each from its own robots.txt."""
        for passed in asked:
            if passed == robots_address(passed):
                self._keep(passed, robots)

    def _keep(self, address: str, robots: Robots) -> None:
        self._known[address] = robots
        self._known.move_to_end(address)
        size = sum(len(known.body) for known in self._known.values())
        while len(self._known) > 1 and (len(self._known) > MOST_KEPT or size > MOST_KEPT_BYTES):
            _, forgotten = self._known.popitem(last=False)
            size -= len(forgotten.body)
