"""When a feed is polled again."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.judging.failures import SUCCESSES, points_after
from services.ingest.policy import IngestPolicy
from services.ingest.schedule import interval_after, next_poll_at, planned_at, rest_in_outage
from services.ingest.timing.freshness import asked_interval, fresh_for
from shared.errors import SettingsError
from shared.model.feed import Feed, FeedState, PollOutcome, Validators

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
POLICY = IngestPolicy()
OUTCOMES: tuple[PollOutcome, ...] = get_args(PollOutcome)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def state(
    outcome: PollOutcome = "not_modified", *, interval: timedelta | None = None, failures: int = 0
) -> FeedState:
    return FeedState(
        feed_id="f",
        validators=Validators(),
        next_poll_at=NOW,
        last_outcome=outcome,
        interval=interval,
        failures=failures,
    )


def feed(interval: timedelta | None = None) -> Feed:
    return Feed(id="f", url="https://x.example/", name="f", outlet="f", language=None, interval=interval)


def delay(
    outcome: PollOutcome = "not_modified",
    *,
    own: timedelta | None = None,
    learned: timedelta | None = None,
    failures: int = 0,
    gone: bool = False,
    retry_after: timedelta | None = None,
    random: float = 0.5,
) -> timedelta:
    due = next_poll_at(
        POLICY,
        feed(own),
        state(outcome, interval=learned, failures=failures),
        gone=gone,
        retry_after=retry_after,
        now=NOW,
        random=lambda: random,
    )
    return due - NOW


def learned(*shares: float | None, least: timedelta | None = None) -> list[timedelta]:
    intervals, current = [], None
    for share in shares:
        current = interval_after(POLICY, current, known_share=share, least=least)
        intervals.append(current)
    return intervals


def test_a_feed_not_known_yet_is_asked_every_ten_minutes() -> None:
    assert delay() == minutes(10)
    assert learned(None) == [minutes(10)]


def test_what_the_operator_set_for_a_feed_wins_within_bounds() -> None:
    assert delay(own=minutes(30), learned=minutes(2)) == minutes(30)
    assert delay(own=timedelta(seconds=5)) == minutes(2)
    assert delay(own=timedelta(days=1)) == minutes(60)


def test_a_feed_is_asked_twice_as_often_while_little_of_its_document_was_known() -> None:
    assert learned(None, 0.3, 0.0, 0.1, 0.2) == [
        minutes(10),
        minutes(5),
        minutes(2.5),
        minutes(2),
        minutes(2),
    ]


def test_a_feed_is_asked_less_often_while_all_is_known_up_to_an_hour() -> None:
    intervals = learned(None, *[1.0] * 12)
    assert intervals[1] == minutes(12.5)
    assert intervals == sorted(intervals)
    assert intervals[-1] == minutes(60)


def test_news_in_a_feed_long_quiet_bring_back_its_usual_interval() -> None:
    assert learned(None, *[1.0] * 12, 0.9)[-1] == minutes(10)
    assert learned(None, *[1.0] * 12, 0.1)[-1] == minutes(5)
    assert learned(None, 0.0, 0.5)[-1] == minutes(5)


def test_the_publisher_says_how_often_at_most_but_no_more_than_an_hour_apart() -> None:
    assert learned(None, 0.0, least=minutes(30)) == [minutes(30), minutes(30)]
    assert learned(None, least=timedelta(days=365)) == [minutes(60)]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Cache-Control": "public, max-age=900"}, minutes(15)),
        ({"Cache-Control": "MAX-AGE = 60, no-cache"}, None),
        ({"Cache-Control": "s-maxage=900"}, None),
        ({"Expires": "Mon, 21 Oct 2024 12:20:00 GMT"}, minutes(20)),
        ({"Cache-Control": "max-age=60", "Expires": "Mon, 21 Oct 2024 13:00:00 GMT"}, minutes(1)),
        ({"Expires": "Mon, 21 Oct 2024 11:00:00 GMT"}, None),
        ({"Expires": "0"}, None),
        ({"Expires": "-1"}, None),
        ({"Expires": "never"}, None),
        ({"Cache-Control": "max-age=-5"}, None),
        ({}, None),
    ],
    ids=range(11),
)
def test_how_long_headers_say_an_answer_stays_good(
    headers: dict[str, str], expected: timedelta | None
) -> None:
    assert fresh_for(headers, NOW) == expected


def test_of_several_wishes_the_longest_counts_up_to_the_ceiling() -> None:
    headers = {"Cache-Control": "max-age=31536000"}
    assert asked_interval(headers, minutes(5), NOW, minutes(60)) == minutes(60)
    assert asked_interval({}, minutes(5), NOW, minutes(60)) == minutes(5)
    assert asked_interval({}, None, NOW, minutes(60)) is None


def test_polls_are_spread_by_a_tenth_either_way() -> None:
    assert delay(random=0.0) == minutes(9)
    assert minutes(10.99) < delay(random=0.999999) < minutes(11)


def test_failures_stretch_the_interval_in_equal_steps_and_never_end_the_polling() -> None:
    assert [delay("unreachable", failures=n) for n in (1, 2, 3)] == [minutes(10), minutes(20), minutes(30)]
    assert delay("unreachable", failures=10**9) == timedelta(hours=6)


def test_what_mends_by_itself_counts_less_than_what_seldom_does() -> None:
    grades = [points_after(0, outcome) for outcome in ("unreachable", "http_error", "refused", "gone")]
    assert grades == [1, 1, 2, 3]
    assert points_after(5, "unreachable") == 6
    assert points_after(5, "not_modified") == 0


def test_what_is_gone_is_asked_daily_and_before_that_is_sure_every_half_hour() -> None:
    assert delay("gone", failures=3) == minutes(30)
    assert timedelta(hours=19) < delay("gone", failures=9, gone=True) < timedelta(days=1)
    assert delay("gone", failures=9, gone=True, random=0.999) <= timedelta(days=1)


def test_half_a_document_is_asked_for_again_soon() -> None:
    assert delay("partial", failures=1) == minutes(2)
    assert delay("partial", failures=1000) == minutes(60)


def test_retry_after_is_kept_to_the_second_up_to_a_day() -> None:
    assert delay("busy", failures=1, retry_after=timedelta(hours=3)) == timedelta(hours=3)
    assert delay("busy", failures=1, retry_after=timedelta(days=9)) == timedelta(days=1)
    assert delay("busy", failures=1, retry_after=timedelta(seconds=1)) == minutes(10)


@given(
    st.sampled_from(OUTCOMES),
    st.integers(0, 10**12),
    st.floats(0, 0.999999),
    st.booleans(),
    st.timedeltas(timedelta(seconds=1), timedelta(days=400)),
)
def test_every_feed_is_polled_again_within_a_day_and_not_at_once(
    outcome: PollOutcome, failures: int, random: float, gone: bool, interval: timedelta
) -> None:
    wait = delay(outcome, failures=failures, random=random, gone=gone, learned=interval)
    assert minutes(1.8) <= wait <= timedelta(days=1)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=60), st.sampled_from([None, 1, 30, 10**6]))
def test_every_interval_learned_stays_within_bounds(shares: list[float | None], least: int | None) -> None:
    asked = None if least is None else minutes(least)
    assert all(minutes(2) <= interval <= minutes(60) for interval in learned(*shares, least=asked))


@given(st.sampled_from(sorted(SUCCESSES)), st.integers(0, 10**9))
def test_any_success_forgets_all_failures(outcome: PollOutcome, points: int) -> None:
    assert points_after(points, outcome) == 0


def test_a_clock_that_was_ahead_when_a_feed_was_planned_keeps_it_no_longer_than_planned() -> None:
    ahead = NOW + timedelta(days=300)
    written = FeedState(
        feed_id="f", validators=Validators(), last_poll_at=ahead, next_poll_at=ahead + minutes(10)
    )
    assert planned_at(written, NOW) == NOW + minutes(10)
    assert planned_at(written, ahead + minutes(3)) == ahead + minutes(10)
    strange = FeedState(feed_id="f", validators=Validators(), next_poll_at=ahead)
    assert planned_at(strange, NOW) == NOW + timedelta(days=1)


def test_while_our_network_is_gone_all_feeds_together_ask_calmly() -> None:
    assert rest_in_outage(POLICY, feed(), state(), 3) == timedelta(seconds=30)
    assert rest_in_outage(POLICY, feed(), state(), 60) == minutes(2)
    assert rest_in_outage(POLICY, feed(), state(), 10_000) == minutes(10)


def test_a_policy_that_makes_no_sense_is_refused() -> None:
    for wrong in (
        {"shortest": minutes(5), "longest": minutes(1)},
        {"jitter": 1.5},
        {"concurrency": 0},
        {"per_domain": 0},
        {"pause": timedelta(seconds=-1)},
    ):
        with pytest.raises(SettingsError):
            IngestPolicy(**wrong)
