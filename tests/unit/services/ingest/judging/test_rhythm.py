"""A feed's own rhythm, and how unlikely a silence is in it: weeks are played through by the hour."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.judging.rhythm import HOURS, begun, counted, expected, silent
from shared.model.health import Rhythm

START = datetime(2024, 1, 3, 7, tzinfo=UTC)
STEP = timedelta(minutes=30)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)

Arrivals = Callable[[datetime, Random], int]


def poisson(mean: float, random: Random) -> int:
    count, left = 0, 1.0
    floor = 2.718281828459045**-mean
    while (left := left * random.random()) > floor:
        count += 1
    return count


def office_hours(at: datetime, random: Random) -> int:
    """Thirty entries a working day, hardly any at night, none at weekends."""
    if at.weekday() > 4:
        return 0
    return poisson(1.2 if 7 <= at.hour < 19 else 0.03, random)


def all_day(at: datetime, random: Random) -> int:
    return poisson((4 if 6 <= at.hour < 22 else 0.5) * (0.5 if at.weekday() > 4 else 1), random)


def bursts(_at: datetime, random: Random) -> int:
    return random.randint(1, 12) if random.random() < 0.03 else 0


def weekly(at: datetime, _random: Random) -> int:
    return int(at.weekday() == 2 and at.hour == 9 and at.minute == 0)


def seldom(_at: datetime, random: Random) -> int:
    return poisson(2 / 336, random)


@dataclass(slots=True, kw_only=True)
class Watched:
    """A feed watched from START on, whose first document held its last twenty entries."""

    arrivals: Arrivals
    seed: int = 1
    stops: timedelta | None = None
    rhythm: Rhythm | None = None
    last: datetime = START
    alarms: list[tuple[datetime, timedelta]] = field(default_factory=list)

    def play(self, lasting: timedelta) -> "Watched":
        random, at, before = Random(self.seed), START - 10 * WEEK, list[datetime]()
        alarmed = False
        while at < START + lasting:
            new = 0 if self.stops is not None and at >= START + self.stops else self.arrivals(at, random)
            if at < START:
                before += [at] * new
            else:
                self._read(at, new, before)
                silence = self.rhythm is not None and silent(self.rhythm, self.last, at, STEP)
                if silence and not alarmed:
                    self.alarms.append((at, at - self.last))
                alarmed = bool(silence)
            at += STEP
        return self

    def _read(self, at: datetime, new: int, before: list[datetime]) -> None:
        if self.rhythm is None:
            self.rhythm = begun(before[-20:], at)
        else:
            self.rhythm = counted(self.rhythm, new, last_new_at=self.last, now=at)
        self.last = at if new else self.last


@pytest.mark.parametrize("arrivals", [office_hours, all_day, weekly, seldom], ids=lambda each: each.__name__)
def test_nights_weekends_and_weekly_feeds_give_no_false_alarm_in_eight_weeks(arrivals: Arrivals) -> None:
    alarms = [Watched(arrivals=arrivals, seed=seed).play(8 * WEEK).alarms for seed in range(2)]
    assert alarms == [[], []]


@pytest.mark.parametrize(
    ("arrivals", "within"),
    [(office_hours, 3 * DAY), (all_day, DAY / 2), (bursts, 14 * DAY)],
    ids=["office_hours", "all_day", "bursts"],
)
def test_a_feed_that_stops_is_noticed_in_the_time_its_rhythm_allows(
    arrivals: Arrivals, within: timedelta
) -> None:
    watched = Watched(arrivals=arrivals, stops=4 * WEEK + DAY).play(7 * WEEK)
    (alarm,) = [alarm for alarm in watched.alarms if alarm[0] > START + 4 * WEEK + DAY]
    assert alarm[1] < within


def test_a_weekly_feed_that_stops_is_noticed_after_a_few_weeks() -> None:
    watched = Watched(arrivals=weekly, stops=6 * WEEK + DAY).play(16 * WEEK)
    ((_, silence),) = watched.alarms
    assert 3 * WEEK < silence < 8 * WEEK


def test_before_a_whole_week_was_seen_only_a_long_silence_says_something() -> None:
    entries = [START - timedelta(hours=hour) for hour in range(20)]
    rhythm = begun(entries, START)
    assert silent(rhythm, START, START + timedelta(hours=83), STEP) is None
    assert silent(rhythm, START, START + timedelta(hours=85), STEP) is not None


def test_the_hours_learned_are_what_usually_comes_in_them() -> None:
    rhythm = Watched(arrivals=all_day).play(8 * WEEK).rhythm
    assert rhythm is not None
    monday = datetime(2024, 4, 1, tzinfo=UTC)
    assert expected(rhythm, monday, monday + DAY) == pytest.approx(16 * 8 + 8 * 1, rel=0.2)
    assert expected(rhythm, monday, monday + 3 * WEEK) == pytest.approx(3 * sum(rhythm.hours))
    assert len(rhythm.hours) == HOURS


def test_a_time_in_which_nobody_looked_teaches_no_patience() -> None:
    """The process stood still for ten days; the feed did not."""
    rhythm = Watched(arrivals=all_day).play(8 * WEEK).rhythm
    assert rhythm is not None
    gone, back = START + 8 * WEEK, START + 8 * WEEK + 10 * DAY
    silence = counted(rhythm, 50, last_new_at=gone, now=back)
    absence = counted(rhythm, 50, last_new_at=gone, now=back, watched_until=gone + 2 * STEP)
    alarm = gone + 11 * DAY
    assert silence.longest > 2 * rhythm.longest + 10
    assert absence.longest == pytest.approx(rhythm.longest, rel=0.2)
    assert silent(silence, back, alarm, STEP) is None
    assert silent(absence, back, alarm, STEP) is not None


@given(st.integers(0, 10_000), st.integers(0, 40_000), st.integers(0, 40_000))
def test_what_is_expected_of_two_spans_is_what_is_expected_of_both_together(
    start: int, one: int, other: int
) -> None:
    hours = tuple(float(hour % 7) for hour in range(HOURS))
    rhythm = Rhythm(since=START - 4 * WEEK, until=START, hours=hours)
    first, middle, last = (START + timedelta(minutes=m) for m in (start, start + one, start + one + other))
    together = expected(rhythm, first, middle) + expected(rhythm, middle, last)
    assert expected(rhythm, first, last) == pytest.approx(together)
    within_an_hour = expected(rhythm, first, first + timedelta(minutes=60 - first.minute))
    share = (60 - first.minute) / 60
    assert within_an_hour == pytest.approx(hours[first.weekday() * 24 + first.hour] * share)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(-(10**5), 10**6), st.integers(0, 2000)), max_size=30),
    st.lists(st.integers(-(10**7), 10**7), max_size=30),
)
def test_whatever_the_clock_and_the_dates_say_the_rhythm_stays_sane(
    polls: list[tuple[int, int]], dates: list[int]
) -> None:
    now = START
    rhythm = begun([START + timedelta(seconds=second) for second in dates], now)
    for seconds, new in polls:
        now += timedelta(seconds=seconds)
        rhythm = counted(rhythm, new, last_new_at=START, now=now)
        assert all(0 <= hour < 1e7 for hour in rhythm.hours)
        assert expected(rhythm, START, now) >= 0
        silent(rhythm, START, now, STEP)
