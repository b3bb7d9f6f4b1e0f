"""Our own network: noticing that it is gone, remembering it, and making good what was blamed on feeds."""

from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.ingest.judging.outage import WINDOW, Attempt, OutageWatch
from shared.metrics import Metrics
from shared.model.feed import FeedState, Outage, PollOutcome

ABSENT: Final = timedelta(minutes=5)
"""Without a sign of life for so long we were asleep, or waited for a server of ours."""
_MOST_REMEMBERED: Final = 100_000

SaveOutage = Callable[[Outage], Awaitable[None]]
log = structlog.get_logger()


class Network:
    """Watches how polls end and knows whether the network is ours to blame.

    `seeing_since` is since when we could read feeds at all; `frozen` are the feeds that failed while the
    network was gone.
    """

    def __init__(self, *, save: SaveOutage, metrics: Metrics, now: datetime) -> None:
        self._save = save
        self._metrics = metrics
        self._watch = OutageWatch()
        self._failed: deque[tuple[datetime, str]] = deque(maxlen=_MOST_REMEMBERED)
        self.frozen: set[str] = set()
        self.seeing_since = now
        self._here_at = now

    @property
    def outage(self) -> Outage | None:
        """The outage under way."""
        return self._watch.current

    @property
    def out_of_reach(self) -> int | None:
        """How many hosts are, while there is an outage; else None."""
        return self._watch.failed if self._watch.current is not None else None

    def here(self, now: datetime) -> None:
        """We are at work; what nobody could read while we were not is no feed's fault either."""
        if abs(now - self._here_at) > ABSENT:
            self.seeing_since = now
        self._here_at = now

    def resume(self, outage: Outage | None) -> None:
        """Go on with an outage that had not ended when ingest stopped."""
        self._watch = OutageWatch(outage)
        self._metrics.outage.set(outage is not None)

    async def told(
        self, state: FeedState, domain: str, outcome: PollOutcome, now: datetime
    ) -> frozenset[str]:
        """A poll ended so, of a feed of which this was known before; gives the feeds concerned if the outage
        begins with it (their failures were ours) or ends (they should be polled soon)."""
        if outcome == "blocked":
            return frozenset()
        reached = outcome != "unreachable"
        well = state.last_outcome is not None and state.last_outcome != "unreachable"
        if not reached:
            self._blame(state, well, now)
        change = self._watch.told(Attempt(host=domain, at=now, reached=reached, well=well))
        if change is None:
            return frozenset()
        if change.ended_at is None:
            return await self._begun(change, now)
        return await self._ended(change, now)

    def _blame(self, state: FeedState, well: bool, now: datetime) -> None:
        if self._watch.current is not None:
            self.frozen.add(state.feed_id)
        elif well and state.failures == 0:
            self._failed.append((now, state.feed_id))

    async def _begun(self, outage: Outage, now: datetime) -> frozenset[str]:
        ours = frozenset(feed_id for at, feed_id in self._failed if now - at <= WINDOW)
        self._failed.clear()
        self.frozen |= ours
        self._metrics.outage.set(1)
        log.error("network_lost", reason=outage.reason)
        await self._save(outage)
        return ours

    async def _ended(self, outage: Outage, now: datetime) -> frozenset[str]:
        waiting, self.frozen = frozenset(self.frozen), set()
        self.seeing_since = now
        self._metrics.outage.set(0)
        log.info("network_back", reason=outage.reason, feeds=len(waiting))
        await self._save(outage)
        return waiting
