"""RSS, RDF and Atom through feedparser, whose dictionaries end here."""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import feedparser

from services.ingest.addresses import absolute_url
from services.ingest.dates import LONGEST_DATE, ReadDate, claimed_date, read_date
from services.ingest.languages import primary_language
from services.ingest.parsed import LONGEST_GUID, MOST_ENTRIES, ParsedEntry, ParsedFeed
from services.ingest.plaintext import body_text, title_text, without_control
from services.ingest.shape import Shape
from shared.errors import FeedUnreadableError

_PERIODS: Final = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


def read_xml_feed(shape: Shape, url: str) -> ParsedFeed:
    """What feedparser recovers of the document. Raises FeedUnreadableError if that is no feed."""
    document = _through_feedparser(shape.text)
    # Plain dictionaries: feedparser's own answers for keys it does not hold, with a warning.
    raw_entries: Sequence[Mapping[str, Any]] = [dict(entry) for entry in document.get("entries", [])]
    feed: Mapping[str, Any] = dict(document.get("feed", {}))
    if not document.get("version") and not raw_entries:
        raise FeedUnreadableError("no feed format recognised")
    kept = raw_entries[:MOST_ENTRIES]
    entries = tuple(entry for raw in kept if (entry := _readable(raw, url)) is not None)
    return ParsedFeed(
        title=title_text(_text(feed.get("title"))),
        entries=entries,
        complete=shape.complete,
        language=primary_language(_text(feed.get("language"))),
        interval_hint=_interval_hint(feed),
        over_cap=shape.surplus + len(raw_entries) - len(kept),
        undecodable=len(kept) - len(entries),
    )


def _through_feedparser(text: str) -> Mapping[str, Any]:
    # A stream, because feedparser takes bytes or str for a path or an address and opens it. No address of
    # the document either: it would turn guids that are no addresses into some.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        document: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(text.encode()),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception as error:  # hostile documents make it raise anything
        raise FeedUnreadableError(f"{type(error).__name__} {error}"[:200]) from error
    return document


def _readable(raw: Mapping[str, Any], url: str) -> ParsedEntry | None:
    """The entry, or None if there is nothing to read in it."""
    try:
        entry = _entry(raw, url)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever one entry makes a library raise, the others count
        return None
    return entry if entry.title or entry.text else None


def _entry(raw: Mapping[str, Any], url: str) -> ParsedEntry:
    summary = body_text(_text(raw.get("summary")))
    contents = [body_text(_text(content.get("value"))) for content in raw.get("content", [])[:5]]
    published_at, published_source = claimed_date(_date(raw, "published"), _date(raw, "updated"))
    return ParsedEntry(
        guid=without_control(_text(raw.get("id"))).strip()[:LONGEST_GUID] or None,
        url=absolute_url(_text(raw.get("link")), url),
        title=title_text(_text(raw.get("title"))),
        text=max((summary, *contents), key=len),
        published_at=published_at,
        published_source=published_source,
    )


def _date(raw: Mapping[str, Any], field: str) -> ReadDate | None:
    """Our reading of the date, else feedparser's if its day and year are really in the text."""
    text, theirs = _text(raw.get(field)), raw.get(f"{field}_parsed")
    ours = read_date(text)
    if ours is not None or theirs is None:
        return ours
    numbers = {int(digits) for digits in re.findall(r"\d{1,4}", text[:LONGEST_DATE])}
    if not {theirs.tm_year, theirs.tm_mday} <= numbers:
        return None
    year, month, day, hour, minute = theirs[:5]
    return ReadDate(moment=datetime(year, month, day, hour, minute, tzinfo=UTC), repaired=True)


def _interval_hint(feed: Mapping[str, Any]) -> timedelta | None:
    """`ttl` (RSS, minutes), else the syndication module's period and frequency."""
    ttl = _text(feed.get("ttl")).strip()
    if ttl.isdecimal() and int(ttl[:6]) > 0:
        return timedelta(minutes=int(ttl[:6]))
    period = _PERIODS.get(_text(feed.get("sy_updateperiod")).strip().lower())
    if period is None:
        return None
    frequency = _text(feed.get("sy_updatefrequency")).strip()
    return period / max(1, int(frequency[:4])) if frequency.isdecimal() else period


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
