"""A feed's own strings, whoever read them, and what we make of them: one judgement for both XML readers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.ingest.addresses import absolute_url
from services.ingest.characters import without_control
from services.ingest.documents.dates import DateReader, claimed_date
from services.ingest.documents.languages import primary_language
from services.ingest.documents.parsed import LONGEST_GUID, MOST_ENTRIES, ParsedEntry, ParsedFeed
from services.ingest.documents.plaintext import body_text, title_text

MOST_CONTENTS: Final = 5
_MOST_HUBS: Final = 5
_LEGIBLE: Final = 10
"""One lost character in so many is tolerable."""
_PERIODS: Final = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One entry's strings as feedparser names them; empty where the document has none."""

    id: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    contents: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFeed:
    """One document's strings. `links` are pairs of relation and address."""

    format: str
    title: str = ""
    language: str = ""
    ttl: str = ""
    period: str = ""
    frequency: str = ""
    links: tuple[tuple[str, str], ...] = ()
    entries: tuple[RawEntry | None, ...] = ()
    """None for an entry that could not be read at all."""


def judged_feed(raw: RawFeed, url: str, *, complete: bool, surplus: int) -> ParsedFeed:
    """The feed whose document, of address `url`, says `raw`; `surplus` entries were cut off before."""
    kept = raw.entries[:MOST_ENTRIES]
    language = primary_language(raw.language)
    dates = DateReader.of(_dates(kept), language)
    entries = tuple(
        entry for each in kept if each is not None and (entry := _readable(each, raw, url, dates)) is not None
    )
    return ParsedFeed(
        format=raw.format,
        title=title_text(raw.title),
        entries=entries,
        complete=complete,
        language=language,
        interval_hint=_interval_hint(raw),
        over_cap=surplus + len(raw.entries) - len(kept),
        undecodable=len(kept) - len(entries),
        hubs=related(raw.links, "hub", url),
        self_url=next(iter(related(raw.links, "self", url)), None),
    )


def related(links: Iterable[tuple[str, str]], relation: str, url: str) -> tuple[str, ...]:
    """The absolute addresses that bear a relation, the first five of them."""
    named = (absolute_url(href, url) for rel, href in links if relation in rel.lower().split())
    return tuple(dict.fromkeys(address for address in named if address is not None))[:_MOST_HUBS]


def is_legible(entry: ParsedEntry) -> bool:
    """Whether there is something to read in it: some text, and not mainly characters that were lost."""
    told = entry.title + entry.text
    return bool(told) and told.count("\ufffd") * _LEGIBLE <= len(told) + _LEGIBLE


def longest_text(values: Iterable[str]) -> str:
    """Of several tellings of one text, as plain text, the one that says most; of equals the first."""
    best, best_at = "", 0
    # Plain text is never longer than its markup, so shorter markup need not be turned into text.
    for at, value in sorted(enumerate(dict.fromkeys(values)), key=lambda each: -len(each[1])):
        if len(value) < len(best):
            break
        text = body_text(value)
        if len(text) > len(best) or (len(text) == len(best) and at < best_at):
            best, best_at = text, at
    return best


def _dates(entries: Iterable[RawEntry | None]) -> Iterable[str]:
    return (entry.published or entry.updated for entry in entries if entry is not None)


def _readable(raw: RawEntry, feed: RawFeed, url: str, dates: DateReader) -> ParsedEntry | None:
    """The entry, or None if there is nothing to read in it."""
    try:
        entry = _entry(raw, feed, url, dates)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever one entry makes a library raise, the others count
        return None
    return entry if is_legible(entry) else None


def _entry(raw: RawEntry, feed: RawFeed, url: str, dates: DateReader) -> ParsedEntry:
    published, updated = dates.read(raw.published), dates.read(raw.updated)
    if published is None and not feed.format.startswith("atom"):
        # RSS and RDF know no time of update: the one date an entry has there, often dc:date, is its own.
        published = updated
    published_at, published_source = claimed_date(published, updated)
    return ParsedEntry(
        guid=without_control(raw.id).strip()[:LONGEST_GUID] or None,
        url=absolute_url(raw.link, url),
        title=title_text(raw.title),
        text=longest_text((raw.summary, *raw.contents[:MOST_CONTENTS])),
        published_at=published_at,
        published_source=published_source,
    )


def _interval_hint(raw: RawFeed) -> timedelta | None:
    """`ttl` (RSS, minutes), else the syndication module's period and frequency."""
    ttl = raw.ttl.strip()
    if ttl.isdecimal() and int(ttl[:6]) > 0:
        return timedelta(minutes=int(ttl[:6]))
    period = _PERIODS.get(raw.period.strip().lower())
    if period is None:
        return None
    frequency = raw.frequency.strip()
    return period / max(1, int(frequency[:4])) if frequency.isdecimal() else period
