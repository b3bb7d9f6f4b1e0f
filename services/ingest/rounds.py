"""The loop that starts polls when they are due, and looks after what is watched."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import structlog

from services.ingest.policy import IngestPolicy
from services.ingest.timing.agenda import Agenda
from shared.model.feed import Feed
from shared.model.times import Clock
from shared.patience import Stopped
from shared.waiting import until_set

GRACE_SECONDS: Final = 5
"""How long polls in flight may take to end when asked to stop; what is cut off is done again."""
RELOAD_SHARE: Final = 50
"""Looking for added feeds may take a fiftieth of the time: with many feeds it happens less often."""
RELOAD_AT_LEAST_SECONDS: Final = 60

Chore = tuple[timedelta, Callable[[], Awaitable[None]]]
"""Something to do again and again, and the time in between."""

log = structlog.get_logger()


class Rounds:
    """Runs polls by an agenda. `poll` never raises and gives when the feed is due again; `reload` brings the
    agenda up to date. Whoever changes the agenda from outside calls `wake`."""

    def __init__(
        self,
        *,
        agenda: Agenda,
        policy: IngestPolicy,
        clock: Clock,
        poll: Callable[[Feed], Awaitable[datetime]],
        reload: Callable[[], Awaitable[None]],
        chores: Sequence[Chore] = (),
    ) -> None:
        self._agenda = agenda
        self._policy = policy
        self._clock = clock
        self._poll = poll
        self._reload = reload
        self._chores = chores
        self._awake = asyncio.Event()
        self._polls: set[asyncio.Task[None]] = set()
        self._reload_at = monotonic()

    def wake(self) -> None:
        """Look at the agenda again now."""
        self._awake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. Raises Stopped if that happens while waiting for a server of ours."""
        others = [asyncio.create_task(self._wake_at(stop))]
        others.extend(asyncio.create_task(self._repeat(*chore)) for chore in self._chores)
        try:
            while not stop.is_set():
                self._awake.clear()  # before looking: what comes from here on wakes us again
                await self._look_for_feeds()
                for feed in self._agenda.take(self._clock()):
                    task = asyncio.create_task(self._poll_one(feed))
                    self._polls.add(task)
                    task.add_done_callback(self._polls.discard)
                await self._rest()
        finally:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await _ended(self._polls)

    async def _poll_one(self, feed: Feed) -> None:
        next_at = self._clock() + self._policy.longest
        try:
            next_at = await self._poll(feed)
        finally:
            self._agenda.done(feed.id, next_at, self._clock())
            self._awake.set()

    async def _look_for_feeds(self) -> None:
        began = monotonic()
        if began < self._reload_at:
            return
        await self._reload()
        ended = monotonic()
        share = min(RELOAD_SHARE * (ended - began), RELOAD_AT_LEAST_SECONDS)
        self._reload_at = ended + max(self._policy.reload.total_seconds(), share)

    async def _rest(self) -> None:
        """Until something may be due; feeds that wait for a free place start when a poll ends."""
        longest = max(0.0, self._reload_at - monotonic())
        next_at = self._agenda.next_at()
        if next_at is not None:
            longest = min(longest, max(0.0, (next_at - self._clock()).total_seconds()))
        await until_set(self._awake, timedelta(seconds=longest))

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._awake.set()

    async def _repeat(self, interval: timedelta, chore: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(interval.total_seconds())
            try:
                await chore()
            except Stopped:
                return
            except Exception:  # a fault of ours in a chore must not end the polling; it is told
                log.exception("chore_broke", chore=getattr(chore, "__name__", repr(chore)))


async def _ended(polls: set[asyncio.Task[None]]) -> None:
    if polls:
        _, slow = await asyncio.wait(set(polls), timeout=GRACE_SECONDS)
        for poll in slow:
            poll.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
