"""Publishers' dates, read by our own rules: feedparser takes Seoul's and Moscow's zone names for UTC, and is
sure of wrong answers for Korean dates."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from shared.model.story import PublishedSource

LONGEST_DATE: Final = 100
EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)
CLOCK_SKEW: Final = timedelta(hours=1)
"""How far ahead of the fetch a date may be before it is taken for a mistake."""

_WORLD: Final = {"gmt": 0.0, "utc": 0.0, "ut": 0.0, "z": 0.0}
_AMERICAN: Final = {
    **dict.fromkeys(("pst",), -8.0),
    **dict.fromkeys(("pdt", "mst"), -7.0),
    **dict.fromkeys(("mdt", "cst"), -6.0),
    **dict.fromkeys(("cdt", "est"), -5.0),
    **dict.fromkeys(("edt",), -4.0),
}
_OURS: Final = {
    **dict.fromkeys(("wet",), 0.0),
    **dict.fromkeys(("cet", "bst", "west"), 1.0),
    **dict.fromkeys(("eet", "cest"), 2.0),
    **dict.fromkeys(("msk", "eest", "trt"), 3.0),
    **dict.fromkeys(("msd", "samt"), 4.0),
    **dict.fromkeys(("yekt",), 5.0),
    **dict.fromkeys(("ist",), 5.5),
    **dict.fromkeys(("omst",), 6.0),
    **dict.fromkeys(("ict", "wib", "novt", "krat"), 7.0),
    **dict.fromkeys(("hkt", "sgt", "pht", "irkt"), 8.0),
    **dict.fromkeys(("kst", "jst", "yakt"), 9.0),
    **dict.fromkeys(("vlat", "aest"), 10.0),
    **dict.fromkeys(("magt", "aedt"), 11.0),
    **dict.fromkeys(("pett",), 12.0),
}
_HOURS: Final = _WORLD | _AMERICAN | _OURS
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan янв січ",
            "feb фев лют",
            "mar мар бер",
            "apr апр кві",
            "may мая май тра",
            "jun июн чер",
            "jul июл лип",
            "aug авг сер",
            "sep сен вер",
            "oct окт жов",
            "nov ноя лис",
            "dec дек гру",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME: Final = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\b\.?)?"
)
_ZONE: Final = r"(?:\s*\(?(?P<zone>[+-]\d{2}:?\d{2}|[A-Za-z]{1,5})\)?)?"
_RFC822: Final = re.compile(
    rf"(?:\w+\.?,?\s+)??(?P<day>\d{{1,2}})[\s-]+(?P<month>[^\W\d_]{{3,12}})\.?[\s,-]+(?P<year>\d{{4}}|\d{{2}})"
    rf"(?:\s*г\.)?,?\s+{_TIME}{_ZONE}.{{0,20}}"
)
_YEAR_FIRST: Final = re.compile(
    rf"(?P<year>\d{{4}})\s*[-/.년]\s*(?P<month>\d{{1,2}})\s*[-/.월]\s*(?P<day>\d{{1,2}})\s*[.일]?"
    rf"(?:[T\s]*{_TIME}{_ZONE})?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDate:
    """A moment in UTC; `repaired` if the text was not as the standards have it, and our rules were needed."""

    moment: datetime
    repaired: bool


def read_date(text: str) -> ReadDate | None:
    """The moment a publisher's date means, or None. A date without zone is taken for UTC."""
    words = text.strip()
    if not words or len(words) > LONGEST_DATE:
        return None
    readers: tuple[Callable[[str], ReadDate | None], ...] = (_iso, _rfc822, _year_first)
    return next((read for reader in readers if (read := reader(words)) is not None), None)


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


def _iso(text: str) -> ReadDate | None:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return ReadDate(moment=moment.replace(tzinfo=UTC), repaired="T" in text or ":" in text)
        return ReadDate(moment=moment.astimezone(UTC), repaired=False)
    except (ValueError, OverflowError):
        return None


def _rfc822(text: str) -> ReadDate | None:
    match = _RFC822.fullmatch(text)
    if match is None:
        return None
    name = match["month"].lower()
    month = _MONTHS.get(name[:3])
    if month is None:
        return None
    year = int(match["year"])
    if year < 100:
        year += 1900 if year >= 70 else 2000
    return _moment(match, year, month, foreign=not name.isascii())


def _year_first(text: str) -> ReadDate | None:
    match = _YEAR_FIRST.fullmatch(text)
    return _moment(match, int(match["year"]), int(match["month"]), foreign=True) if match else None


def _moment(match: re.Match[str], year: int, month: int, *, foreign: bool) -> ReadDate | None:
    hour, zone = _hour(match), (match["zone"] or "").lower()
    try:
        # 24:00:00 is the end of the day
        local = datetime(
            year, month, int(match["day"]), hour % 24, int(match["minute"] or 0), tzinfo=_zone(zone)
        )
        moment = local + timedelta(days=hour // 24, seconds=min(int(match["second"] or 0), 59))
        standard = (zone[:1] in ("+", "-") or zone in _WORLD or zone in _AMERICAN) and hour < 24
        return ReadDate(moment=moment.astimezone(UTC), repaired=foreign or not standard)
    except (ValueError, OverflowError):
        return None


def _hour(match: re.Match[str]) -> int:
    hour, half = int(match["hour"] or 0), (match["half"] or "").lower()
    return hour % 12 + (12 if half == "p" else 0) if half else hour


def _zone(name: str) -> timezone:
    if name[:1] in ("+", "-"):
        digits = name[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(-offset if name[0] == "-" else offset)
    return timezone(timedelta(hours=_HOURS.get(name, 0.0)))
