"""How well the feeds are being read: every feed counts once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.coverage import CoverageReader, CoverageStatement, coverage_statement
from shared.model.feed import Outage
from shared.model.health import HealthState
from shared.store.feed_overview import FeedGroup
from tests.unit.services.api.samples import NOW

HOUR = timedelta(hours=1)
CONDITIONS = ("fresh", "silent", "partial", "stale", "failing", "blocked", "gone", "waiting")


def group(
    health: HealthState | None,
    feeds: int = 1,
    *,
    age: timedelta | None = timedelta(minutes=5),
    overdue: bool = False,
) -> FeedGroup:
    return FeedGroup(health=health, feeds=feeds, overdue=overdue, read_at=None if age is None else NOW - age)


def counted(found: CoverageStatement) -> dict[str, int]:
    """The conditions that any feed is in."""
    counts = {name: getattr(found, name) for name in CONDITIONS}
    return {name: count for name, count in counts.items() if count}


@pytest.mark.parametrize(
    ("health", "condition"),
    [
        ("healthy", "fresh"),
        ("slow", "fresh"),
        ("moved", "fresh"),
        ("silent", "silent"),
        ("partial", "partial"),
        ("stale", "stale"),
        ("failing", "failing"),
        ("blocked", "blocked"),
        ("gone", "gone"),
    ],
)
def test_a_feed_counts_by_its_health(health: HealthState, condition: str) -> None:
    found = coverage_statement([group(health, 3)], None, NOW)
    assert (found.expected, counted(found)) == (3, {condition: 3})


def test_a_feed_never_read_waits() -> None:
    found = coverage_statement([group(None, age=None)], None, NOW)
    assert (counted(found), found.oldest_gap_seconds) == ({"waiting": 1}, None)


@pytest.mark.parametrize("health", ["healthy", "slow", "moved", "silent", "partial"])
def test_feeds_that_nobody_polls_any_more_are_not_called_fresh(health: HealthState) -> None:
    """As when ingest has been down since last night: their health is what it was."""
    found = coverage_statement([group(health, age=9 * HOUR, overdue=True)], None, NOW)
    assert (counted(found), found.oldest_gap_seconds) == ({"stale": 1}, 9 * 3600)


def test_the_oldest_gap_is_that_of_the_feed_unread_for_the_longest() -> None:
    groups = [group("healthy"), group("failing", age=3 * HOUR), group("gone", age=None)]
    assert coverage_statement(groups, None, NOW).oldest_gap_seconds == 3 * 3600


def test_without_any_feed_there_is_no_gap_to_tell() -> None:
    assert coverage_statement([], None, NOW).oldest_gap_seconds is None


def test_an_outage_of_ours_is_told_with_its_beginning() -> None:
    outage = Outage(began_at=NOW - HOUR, ended_at=None, reason="most hosts fail")
    assert coverage_statement([], outage, NOW).our_outage_since == NOW - HOUR
    assert coverage_statement([], None, NOW).our_outage_since is None


@given(
    st.lists(
        st.builds(
            FeedGroup,
            health=st.sampled_from([None, *get_args(HealthState)]),
            overdue=st.booleans(),
            feeds=st.integers(1, 10**4),
            read_at=st.none() | st.integers(-10, 10**6).map(lambda age: NOW - timedelta(seconds=age)),
        ),
        max_size=20,
    )
)
def test_every_feed_counts_exactly_once(groups: list[FeedGroup]) -> None:
    found = coverage_statement(groups, None, NOW)
    assert sum(counted(found).values()) == found.expected == sum(group.feeds for group in groups)
    assert (found.oldest_gap_seconds or 0) >= 0


class OneFeed:
    """One feed, read a moment ago, and how often anybody asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def groups(self, overdue_before: datetime, /) -> Sequence[FeedGroup]:
        self.asked += 1
        return (group("healthy", overdue=overdue_before > NOW),)

    async def outage(self) -> Outage | None:
        return None


async def test_the_statement_is_read_anew_after_a_few_seconds_only() -> None:
    feeds, now = OneFeed(), [NOW]
    reader = CoverageReader(feeds, feeds, lambda: now[0])
    for seconds in (0, 1, 4, 6, 7):
        now[0] = NOW + timedelta(seconds=seconds)
        assert (await reader.read()).fresh == 1
    assert feeds.asked == 2
