"""A feed's own rhythm, and how unlikely a silence is in it: pure.

Each hour of the week has the number of new entries usual then, forgotten with a half-life of three weeks. A
silence is measured by how many entries were to be expected in it; compared with the longest that ended by
itself, so that a feed that speaks in bursts, or keeps no hours, is given the time it takes.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log
from typing import Final

from shared.model.health import Rhythm

HOUR: Final = timedelta(hours=1)
WEEK: Final = timedelta(weeks=1)
HOURS: Final = 168
KEPT: Final = 0.5 ** (1 / 3)
"""What is kept of an hour's count each time the week comes round."""
SEEDED_FROM: Final = timedelta(weeks=4)

CERTAIN: Final = 3.0
"""A silence is implausible beyond three times the longest that ended by itself, and three entries more."""
CHANCE: Final = 16.0
"""Entries that come by chance, one by one, leave so many out less than once in a million times."""
SHORTEST_SILENCE: Final = timedelta(hours=2)
WITHOUT_A_WEEK: Final = timedelta(hours=84)
"""Before a whole week was seen nothing is known of its nights and weekends: a long one must pass first,
and CHANCE is all there is to go by."""
LESSON: Final = 1.5
"""A silence that alarmed and ended by itself teaches patience, but at most so much more of it."""

_INSTANT: Final = 1 / 60
"""An hour that just began was seen for this part of it at least."""
_MONDAY: Final = datetime(1970, 1, 5, tzinfo=UTC)
_AT_ONCE: Final = -log(KEPT)
_LONGEST_HALF_LIFE: Final = timedelta(weeks=8)


def begun(dates: Iterable[datetime], now: datetime) -> Rhythm:
    """The rhythm of a feed whose first document was read now: what its entries' own dates tell."""
    told = sorted(date for date in dates if now - SEEDED_FROM < date <= now)
    since = told[0] if told else now
    rhythm = Rhythm(since=since, until=since, hours=(0.0,) * HOURS)
    last = since
    for date in told[1:]:
        rhythm = counted(rhythm, 1, last_new_at=last, now=date)
        last = date
    return _passed(rhythm, now)


def counted(
    rhythm: Rhythm,
    entries: int,
    *,
    last_new_at: datetime | None,
    now: datetime,
    watched_until: datetime | None = None,
) -> Rhythm:
    """The rhythm after so many new entries were found now.

    A time that brought nothing is counted when it ends: before that it may be a silence, which must not be
    taken for the rhythm. Beyond `watched_until` nobody looked: that time was no silence of the feed's.
    """
    if entries == 0:
        return rhythm
    longest = _longest_after(rhythm, last_new_at, min(now, watched_until or now))
    rhythm = _passed(rhythm, now)
    hours = list(rhythm.hours)
    hour = _hour_of(now)
    weight = _weight(_exposure(rhythm, hour, rhythm.until))
    hours[hour] = round(hours[hour] + entries * _AT_ONCE / weight, 5)
    return replace(rhythm, hours=tuple(hours), longest=round(longest, 3))


def expected(rhythm: Rhythm, start: datetime, end: datetime) -> float:
    """How many new entries are usual between the two moments."""
    if end <= start:
        return 0.0
    seen = rhythm.until - rhythm.since
    if seen < WEEK:
        return _mean(rhythm) * ((end - start) / HOUR)
    weeks, rest = divmod(end - start, WEEK)
    return weeks * sum(rhythm.hours) + _within(rhythm.hours, end - rest, rest)


def silent(rhythm: Rhythm, last_new_at: datetime, now: datetime, interval: timedelta) -> float | None:
    """How many entries were to be expected since the last, if their absence is implausible; else None."""
    since = now - last_new_at
    shortest = SHORTEST_SILENCE if rhythm.until - rhythm.since >= WEEK else WITHOUT_A_WEEK
    if since < max(shortest, 3 * interval):
        return None
    limit, known = _limit(rhythm), rhythm.until - rhythm.since >= WEEK
    if known and sum(rhythm.hours) * (since // WEEK + 1) < limit:  # seldom enough to spare the counting
        return None
    missing = expected(rhythm, last_new_at, now)
    return missing if missing >= limit else None


def _within(hours: tuple[float, ...], start: datetime, time: timedelta) -> float:
    """How many entries are usual in that time, which is shorter than a week; asked at every quiet poll."""
    begin = (start - _MONDAY) % WEEK / HOUR
    end = begin + time / HOUR
    first, last = int(begin), int(end)
    if first == last:
        return hours[first] * (end - begin)
    there = hours * 2
    partly = there[first] * (first + 1 - begin) + there[last % (2 * HOURS)] * (end - last)
    return partly + sum(there[first + 1 : last])


def _limit(rhythm: Rhythm) -> float:
    if rhythm.until - rhythm.since < WEEK:
        return CHANCE
    # A feed that speaks once a week shows in a few weeks how regular it is; a busy one is given more.
    return max(CERTAIN * rhythm.longest + CERTAIN, min(CHANCE, sum(rhythm.hours)))


def _longest_after(rhythm: Rhythm, last_new_at: datetime | None, now: datetime) -> float:
    if last_new_at is None or last_new_at >= now or rhythm.until - rhythm.since < WEEK:
        return rhythm.longest
    faded: float = rhythm.longest * 0.5 ** ((now - last_new_at) / _LONGEST_HALF_LIFE)
    ended = expected(rhythm, last_new_at, now)
    return max(faded, min(ended, LESSON * _limit(rhythm)))


def _passed(rhythm: Rhythm, now: datetime) -> Rhythm:
    """Time went on until now without anything new. A week is enough to know that."""
    if now <= rhythm.until:
        # A clock that was ahead: counting starts again from now, with what is known.
        return rhythm if rhythm.until - now < HOUR else replace(rhythm, until=max(now, rhythm.since))
    hours = list(rhythm.hours)
    start = max(rhythm.until, now - WEEK)
    for hour, share in _slots(start, now):
        before = _exposure(rhythm, hour, start)
        hours[hour] = round(hours[hour] * _weight(before) * KEPT**share / _weight(before + share), 5)
    return replace(rhythm, until=now, hours=tuple(hours))


def _slots(start: datetime, end: datetime) -> Iterable[tuple[int, float]]:
    """The hours of the week between two moments, each with how much of it."""
    while start < end:
        turn = start.replace(minute=0, second=0, microsecond=0) + HOUR
        stop = min(turn, end)
        yield _hour_of(start), (stop - start) / HOUR
        start = stop


def _exposure(rhythm: Rhythm, hour: int, until: datetime) -> float:
    """How often this hour was passed from the rhythm's beginning to `until`."""
    if until <= rhythm.since:
        return 0.0
    return _hours_before(until, hour) - _hours_before(rhythm.since, hour)


def _hours_before(moment: datetime, hour: int) -> float:
    weeks, rest = divmod(moment - _MONDAY, WEEK)
    return float(weeks) + min(max(rest / HOUR - hour, 0.0), 1.0)


def _weight(exposure: float) -> float:
    kept: float = KEPT ** max(exposure, _INSTANT)
    return 1.0 - kept


def _mean(rhythm: Rhythm) -> float:
    """Entries an hour, of the hours seen at all."""
    seen = (rhythm.until - rhythm.since) / HOUR
    if seen <= 0:
        return 0.0
    shares = ((count, _exposure(rhythm, hour, rhythm.until)) for hour, count in enumerate(rhythm.hours))
    return sum(count * max(share, _INSTANT) for count, share in shares) / seen


def _hour_of(moment: datetime) -> int:
    return moment.weekday() * 24 + moment.hour
