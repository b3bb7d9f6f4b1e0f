"""JSON Feed 1.x (jsonfeed.org)."""

from typing import Any, Final

import msgspec

from services.ingest.addresses import absolute_url
from services.ingest.dates import claimed_date, read_date
from services.ingest.languages import primary_language
from services.ingest.parsed import LONGEST_GUID, MOST_ENTRIES, ParsedEntry, ParsedFeed
from services.ingest.plaintext import body_text, title_text, without_control
from shared.errors import FeedUnreadableError

_VERSION: Final = "https://jsonfeed.org/version/1"


class _Feed(msgspec.Struct):
    version: str
    items: list[Any]
    title: str = ""
    language: str = ""


class _Item(msgspec.Struct):
    id: str | int | float | None = None
    url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None


def read_json_feed(text: str, url: str) -> ParsedFeed:
    """What the document says. Raises FeedUnreadableError; half a JSON document is none."""
    try:
        feed = msgspec.json.decode(text, type=_Feed)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise FeedUnreadableError(f"JSON, but no JSON Feed: {error}"[:200]) from error
    if not feed.version.startswith(_VERSION):
        raise FeedUnreadableError(f"JSON, but no JSON Feed: version {feed.version[:60]!r}")
    kept = feed.items[:MOST_ENTRIES]
    entries = tuple(entry for raw in kept if (entry := _readable(raw, url)) is not None)
    return ParsedFeed(
        title=title_text(feed.title),
        entries=entries,
        language=primary_language(feed.language),
        over_cap=len(feed.items) - len(kept),
        undecodable=len(kept) - len(entries),
    )


def _readable(raw: object, url: str) -> ParsedEntry | None:
    try:
        entry = _entry(msgspec.convert(raw, type=_Item), url)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return entry if entry.title or entry.text else None


def _entry(item: _Item, url: str) -> ParsedEntry:
    texts = (item.content_html, item.content_text, item.summary)
    published_at, published_source = claimed_date(
        read_date(item.date_published or ""), read_date(item.date_modified or "")
    )
    return ParsedEntry(
        guid=without_control(str(item.id or "")).strip()[:LONGEST_GUID] or None,
        url=absolute_url(item.url, url),
        title=title_text(item.title or ""),
        text=max((body_text(text or "") for text in texts), key=len),
        published_at=published_at,
        published_source=published_source,
    )
