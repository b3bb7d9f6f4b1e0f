"""The robots.txt of servers: asked for once a day, remembered within bounds."""

import asyncio
from collections import OrderedDict
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from weakref import WeakValueDictionary

from services.extract.article_worker import permission_in_worker
from services.extract.pages.robots import MOST_BYTES, Permission, Robots, robots_address, robots_of
from shared.errors import (
    FetchError,
    TooManyRedirectsError,
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

    def knows(self, url: str) -> bool:
        """Whether `permission` would ask nobody."""
        found = self._known.get(robots_address(url))
        return found is not None and found.until > self._clock()

    async def learn(self, url: str) -> HttpResponse | None:
        """Ask the address's server for its robots.txt; its answer, None if there was none.

        DestinationBlockedError if it, or where it redirects to, is not public.
        """
        address = robots_address(url)
        answer: HttpResponse | None = None
        try:
            answer = await self._client.request(HttpRequest(url=address, limits=LIMITS))
        except TooManyRedirectsError:
            found = robots_of(HTTPStatus.NOT_FOUND, b"", self._clock())
        except FetchError:
            found = robots_of(None, b"", self._clock())
        else:
            found = robots_of(answer.status, answer.body, self._clock())
        self._keep(address, found)
        return answer

    async def permission(self, url: str) -> Permission:
        """What is known to be allowed; what is not known is not allowed."""
        found = self._known.get(robots_address(url))
        if found is None or found.verdict == "disallow":
            return FORBIDDEN
        if found.verdict == "allow":
            return Permission(allowed=True)
        try:
            return await self._workers.run(permission_in_worker, found.body, url, deadline=READ_DEADLINE)
        except (WorkerCrashedError, WorkerTimeoutError):
            return FORBIDDEN

    def _keep(self, address: str, robots: Robots) -> None:
        self._known[address] = robots
        self._known.move_to_end(address)
        size = sum(len(known.body) for known in self._known.values())
        while len(self._known) > 1 and (len(self._known) > MOST_KEPT or size > MOST_KEPT_BYTES):
            _, forgotten = self._known.popitem(last=False)
            size -= len(forgotten.body)
