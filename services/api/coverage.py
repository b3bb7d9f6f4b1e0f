"""Quiet is not blind: how well the feeds are being read right now, told with every list."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from pydantic import BaseModel

from shared.model.feed import Feed, FeedState
from shared.model.times import Clock

FRESH_FOR: Final = timedelta(hours=1)
_KEEP: Final = timedelta(seconds=5)


class CoverageStatement(BaseModel):
    """How many enabled feeds there are (`expected`) and how each stands: read lately (`fresh`), not read
    lately (`stale`), failing at its last poll (`failing`), not read yet (`waiting`); they sum up.

    `oldest_gap_seconds` is how long ago the longest unread feed was last read; null if none ever was.
    """

    at: datetime
    expected: int
    fresh: int
    stale: int
    failing: int
    waiting: int
    oldest_gap_seconds: int | None


class EnabledFeeds(Protocol):
    """Where the statement is read from."""

    async def enabled(self) -> Sequence[Feed]: ...
    async def states(self, ids: Sequence[str], /) -> Mapping[str, FeedState]: ...


def coverage_statement(
    feeds: Sequence[Feed], states: Mapping[str, FeedState], now: datetime
) -> CoverageStatement:
    """Every feed counts once. A feed is read lately within an hour, or three of its own intervals."""
    conditions = [_condition(feed, states.get(feed.id), now) for feed in feeds]
    read = [state.last_success_at for feed in feeds if (state := states.get(feed.id))]
    gaps = [now - moment for moment in read if moment is not None]
    return CoverageStatement(
        at=now,
        expected=len(feeds),
        fresh=conditions.count("fresh"),
        stale=conditions.count("stale"),
        failing=conditions.count("failing"),
        waiting=conditions.count("waiting"),
        oldest_gap_seconds=max(int(max(gaps).total_seconds()), 0) if gaps else None,
    )


class CoverageReader:
    """The present statement, at most a few seconds old, so that busy lists cost the database nothing."""

    def __init__(self, feeds: EnabledFeeds, clock: Clock) -> None:
        self._feeds = feeds
        self._clock = clock
        self._last: CoverageStatement | None = None

    async def read(self) -> CoverageStatement:
        """Raises DatabaseUnavailableError."""
        now = self._clock()
        if self._last is None or not timedelta() <= now - self._last.at < _KEEP:
            feeds = await self._feeds.enabled()
            states = await self._feeds.states([feed.id for feed in feeds])
            self._last = coverage_statement(feeds, states, now)
        return self._last


def _condition(feed: Feed, state: FeedState | None, now: datetime) -> str:
    if state is not None and state.failures > 0:
        return "failing"
    if state is None or state.last_success_at is None:
        return "waiting"
    fresh_for = max(FRESH_FOR, 3 * (feed.interval or timedelta()))
    return "fresh" if now - state.last_success_at <= fresh_for else "stale"
