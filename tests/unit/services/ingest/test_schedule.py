"""When a feed is polled again."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.policy import IngestPolicy
from services.ingest.schedule import next_poll_at
from shared.errors import SettingsError
from shared.model.feed import Feed, PollOutcome

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
POLICY = IngestPolicy()
OUTCOMES: tuple[PollOutcome, ...] = get_args(PollOutcome)


def delay(
    outcome: PollOutcome = "not_modified",
    *,
    interval: timedelta | None = None,
    failures: int = 0,
    retry_after: timedelta | None = None,
    random: float = 0.5,
) -> timedelta:
    feed = Feed(id="f", url="https://x.example/", name="f", outlet="f", language=None, interval=interval)
    due = next_poll_at(
        POLICY, feed, outcome, failures=failures, retry_after=retry_after, now=NOW, random=lambda: random
    )
    return due - NOW


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_a_healthy_feed_is_asked_every_ten_minutes_or_as_its_interval_says_within_bounds() -> None:
    assert delay() == minutes(10)
    assert delay(interval=minutes(30)) == minutes(30)
    assert delay(interval=timedelta(seconds=5)) == minutes(2)
    assert delay(interval=timedelta(days=1)) == minutes(60)


def test_polls_are_spread_by_a_tenth_either_way() -> None:
    assert delay(random=0.0) == minutes(9)
    assert minutes(10.99) < delay(random=0.999999) < minutes(11)


def test_failures_stretch_the_interval_in_equal_steps_and_never_end_the_polling() -> None:
    assert [delay("unreachable", failures=n) for n in (1, 2, 3)] == [minutes(10), minutes(20), minutes(30)]
    assert delay("unreachable", failures=10**9) == timedelta(hours=6)


def test_half_a_document_is_asked_for_again_soon() -> None:
    assert delay("partial", failures=1) == minutes(2)
    assert delay("partial", failures=1000) == minutes(60)


def test_retry_after_is_kept_to_the_second_up_to_a_day() -> None:
    assert delay("http_error", failures=1, retry_after=timedelta(hours=3)) == timedelta(hours=3)
    assert delay("http_error", failures=1, retry_after=timedelta(days=9)) == timedelta(days=1)
    assert delay("http_error", failures=1, retry_after=timedelta(seconds=1)) == minutes(10)


@given(st.sampled_from(OUTCOMES), st.integers(0, 10**12), st.floats(0, 0.999999))
def test_every_feed_is_polled_again_within_a_day_and_not_at_once(
    outcome: PollOutcome, failures: int, random: float
) -> None:
    assert minutes(1.8) <= delay(outcome, failures=failures, random=random) <= timedelta(hours=24)


def test_a_policy_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(SettingsError):
        IngestPolicy(shortest=minutes(5), longest=minutes(1))
    with pytest.raises(SettingsError):
        IngestPolicy(jitter=1.5)
    with pytest.raises(SettingsError):
        IngestPolicy(concurrency=0)
