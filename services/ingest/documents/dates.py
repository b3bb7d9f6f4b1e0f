"""Publishers' dates, read by our own rules: feedparser takes Seoul's and Moscow's zone names for UTC, and is
sure of wrong answers for Korean dates.

A date without zone is taken for the local time of the feed's language where its press is in one place
(Korean, Japanese, Russian, Ukrainian), else for UTC. Days and months in figures are told apart by the feed's
other dates; what stays open is left unread rather than guessed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Self

from services.ingest.documents.dateforms import (
    DAY_FIRST_NAMED,
    FIGURES,
    HANGUL,
    KOREAN,
    MONTH_FIRST_NAMED,
    MONTHS,
    USUAL,
    YEAR_FIRST,
    YEAR_LAST,
)
from services.ingest.documents.zones import UTC_ZONE, home_zone, is_standard, zone_of
from shared.model.story import PublishedSource

LONGEST_DATE: Final = 100
EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)
CLOCK_SKEW: Final = timedelta(hours=1)
"""How far ahead of the fetch a date may be before it is taken for a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDate:
    """A moment in UTC; `repaired` if the text was not as the standards have it, and our rules were needed."""

    moment: datetime
    repaired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DateReader:
    """Reads the dates of one feed. `day_first` tells 3/4/2024 apart, None leaves it unread; `home` is where
    dates without zone are."""

    day_first: bool | None = None
    home: tzinfo = UTC_ZONE

    @classmethod
    def of(cls, dates: Iterable[str], language: str | None) -> Self:
        """The reader for a feed with such dates in such a language."""
        orders = {order for date in dates if (order := _order(date)) is not None}
        if len(orders) == 1:
            return cls(day_first=orders.pop(), home=home_zone(language))
        # Figures in this order mean the month first in English only, and there not everywhere.
        foreign = language is not None and language != "en"
        return cls(day_first=True if foreign and not orders else None, home=home_zone(language))

    def read(self, text: str) -> ReadDate | None:
        """The moment a publisher's date means, or None."""
        words = text.strip()
        if not words or len(words) > LONGEST_DATE:
            return None
        usual = _usual(words)
        if usual is not None:
            return usual
        readers = (self._iso, self._named, self._year_first, self._figures, self._korean)
        return next((read for reader in readers if (read := reader(words)) is not None), None)

    def _iso(self, text: str) -> ReadDate | None:
        if text[4:5] != "-":
            return None
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                return ReadDate(moment=moment.replace(tzinfo=self.home).astimezone(UTC), repaired=":" in text)
            return ReadDate(moment=moment.astimezone(UTC), repaired=False)
        except (ValueError, OverflowError):
            return None

    def _named(self, text: str) -> ReadDate | None:
        for pattern in (DAY_FIRST_NAMED, MONTH_FIRST_NAMED, YEAR_LAST):
            match = pattern.fullmatch(text)
            if match is None:
                continue
            name, year = match["month"].lower(), int(match["year"])
            month = int(name[:-1]) if name[:1].isdecimal() else MONTHS.get(name[:3])
            if month is None:
                continue
            if year < 100:
                year += 1900 if year >= 70 else 2000
            foreign = pattern is not DAY_FIRST_NAMED or not name.isascii()
            return self._moment(match, (year, month, int(match["day"])), foreign=foreign)
        return None

    def _year_first(self, text: str) -> ReadDate | None:
        match = YEAR_FIRST.fullmatch(text)
        if match is None:
            return None
        month, day = match["month"] or match["month2"], match["day"] or match["day2"]
        return self._moment(match, (int(match["year"]), int(month), int(day)), foreign=True)

    def _figures(self, text: str) -> ReadDate | None:
        match = FIGURES.fullmatch(text)
        if match is None:
            return None
        first, second = int(match["first"]), int(match["second_"])
        order = _order_of(match)
        order = self.day_first if order is None else order
        if order is None:
            return None
        month, day = (second, first) if order else (first, second)
        return self._moment(match, (int(match["year"]), month, day), foreign=True)

    def _korean(self, text: str) -> ReadDate | None:
        """Korean words as the figures they stand for, in Seoul's time unless they say another."""
        if not HANGUL.search(text):
            return None
        for pattern, meaning in KOREAN:
            text = pattern.sub(meaning, text)
        if HANGUL.search(text):
            return None
        return DateReader(home=home_zone("ko")).read(" ".join(text.split()))

    def _moment(self, match: re.Match[str], date: tuple[int, int, int], *, foreign: bool) -> ReadDate | None:
        found = match.groupdict()
        zone = found.get("zone") or ""
        hour, minute = _hour(found), int(found.get("minute") or found.get("minute2") or 0)
        second = min(int(found.get("second") or found.get("second2") or 0), 59)
        try:
            where = (zone_of(zone) if zone else None) or self.home
            # 24:00:00 is the end of the day
            local = datetime(*date, hour % 24, minute, second, tzinfo=where) + timedelta(days=hour // 24)
            repaired = foreign or not is_standard(zone) or hour > 23
            return ReadDate(moment=local.astimezone(UTC), repaired=repaired)
        except (ValueError, OverflowError):
            return None


def claimed_date(
    published: ReadDate | None, updated: ReadDate | None
) -> tuple[datetime | None, PublishedSource | None]:
    """The date an entry claims, and by which rule; two times None if it claims none."""
    if published is not None:
        return published.moment, "feed_repaired" if published.repaired else "feed"
    if updated is not None:
        return updated.moment, "updated"
    return None, None


def plausible(
    claimed: datetime | None, source: PublishedSource | None, seen_at: datetime
) -> tuple[datetime, PublishedSource]:
    """When a story was published, and by which rule: the claim if it can be true, else when it was seen."""
    if claimed is None or source is None:
        return seen_at, "first_seen"
    if EARLIEST <= claimed <= seen_at + CLOCK_SKEW:
        return claimed, source
    return seen_at, "clamped"


def _usual(text: str) -> ReadDate | None:
    """The form most feeds use, as the standard has it."""
    match = USUAL.fullmatch(text)
    if match is None:
        return None
    day, month, year, hour, minute, second, zone = match.groups()
    try:
        moment = datetime(
            *(int(year), MONTHS[month.lower()], int(day), int(hour), int(minute), int(second)),
            tzinfo=zone_of(zone),
        )
        return ReadDate(moment=moment.astimezone(UTC), repaired=False)
    except (KeyError, ValueError, OverflowError):
        return None


def _order(date: str) -> bool | None:
    """Whether the day comes before the month in a date of figures; None if it does not say."""
    has_mark = "/" in date or "." in date or "-" in date
    match = FIGURES.fullmatch(date.strip()) if has_mark and len(date) <= LONGEST_DATE else None
    return None if match is None else _order_of(match)


def _order_of(match: re.Match[str]) -> bool | None:
    first, second = int(match["first"]), int(match["second_"])
    if first > 12 or second > 12:
        return first > 12
    # With full stops it is the day everywhere.
    return True if match["mark"] == "." or first == second else None


def _hour(found: dict[str, str | None]) -> int:
    hour, half = int(found.get("hour") or found.get("hour2") or 0), (found.get("half") or "").lower()
    return hour % 12 + (12 if half == "p" else 0) if half else hour
