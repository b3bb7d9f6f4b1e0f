"""Quiet is not blind: how well the feeds are being read right now, told with every list."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from pydantic import BaseModel

from shared.model.feed import Outage
from shared.model.health import HealthState
from shared.model.times import Clock
from shared.store.feed_overview import FeedGroup

OVERDUE_AFTER: Final = timedelta(hours=1)
"""A feed whose next poll is so late is not being polled, whatever its health was."""

_KEEP: Final = timedelta(seconds=5)

Condition = Literal["fresh", "silent", "partial", "stale", "failing", "blocked", "gone", "waiting"]
_CONDITIONS: Final[Mapping[HealthState, Condition]] = {
    "healthy": "fresh",
    "slow": "fresh",
    "moved": "fresh",
    "silent": "silent",
    "partial": "partial",
    "stale": "stale",
    "failing": "failing",
    "blocked": "blocked",
    "gone": "gone",
}


class CoverageStatement(BaseModel):
    """How many feeds should be read (`expected`) and how each of them stands; the others sum up to it.

    - Read lately: `fresh`, and `silent`, which bring nothing although by their own rhythm they should.
    - Read in part only: `partial`, whose documents end early.
    - Not read: `stale`, not lately; `failing`, several times in a row, or never since it is watched;
      `blocked`, refused to us; `gone`, of which the server says so; `waiting`, not asked often enough yet.

    `oldest_gap_seconds` is how long ago the feed was last read that was not for the longest, of those ever
    read; null if there are none. `our_outage_since` is set while so many hosts fail at once that it is our
    own network: then an empty list says nothing.
    """

    at: datetime
    expected: int
    fresh: int
    silent: int
    partial: int
    stale: int
    failing: int
    blocked: int
    gone: int
    waiting: int
    oldest_gap_seconds: int | None
    our_outage_since: datetime | None


class FeedGroups(Protocol):
    """Counts the enabled feeds, each in one group."""

    async def groups(self, overdue_before: datetime, /) -> Sequence[FeedGroup]: ...


class Outages(Protocol):
    """Knows the outage of ours that has not ended."""

    async def outage(self) -> Outage | None: ...


def coverage_statement(
    groups: Sequence[FeedGroup], outage: Outage | None, now: datetime
) -> CoverageStatement:
    """Every feed counts once."""
    counts: dict[Condition, int] = dict.fromkeys((*_CONDITIONS.values(), "waiting"), 0)
    for group in groups:
        counts[_condition(group)] += group.feeds
    read = [group.read_at for group in groups if group.read_at is not None]
    gap = max(now - min(read), timedelta()) if read else None
    return CoverageStatement(
        at=now,
        expected=sum(group.feeds for group in groups),
        **counts,
        oldest_gap_seconds=None if gap is None else int(gap.total_seconds()),
        our_outage_since=outage.began_at if outage else None,
    )


class CoverageReader:
    """The present statement, at most a few seconds old, so that busy lists cost the database nothing."""

    def __init__(self, groups: FeedGroups, outages: Outages, clock: Clock) -> None:
        self._groups = groups
        self._outages = outages
        self._clock = clock
        self._last: CoverageStatement | None = None

    async def read(self) -> CoverageStatement:
        """Raises DatabaseUnavailableError."""
        now = self._clock()
        if self._last is None or not timedelta() <= now - self._last.at < _KEEP:
            groups = await self._groups.groups(now - OVERDUE_AFTER)
            self._last = coverage_statement(groups, await self._outages.outage(), now)
        return self._last


def _condition(group: FeedGroup) -> Condition:
    """Feeds that nobody polls any more keep the health they had; they are as blind as stale ones."""
    if group.health is None:
        # Read, but by a version that knew no health.
        condition: Condition = "waiting" if group.read_at is None else "fresh"
    else:
        condition = _CONDITIONS[group.health]
    return "stale" if group.overdue and condition in ("fresh", "silent", "partial") else condition
