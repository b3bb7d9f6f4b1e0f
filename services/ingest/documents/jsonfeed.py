"""JSON Feed 1.x (jsonfeed.org)."""

import json
import re
from typing import Final

import msgspec

from services.ingest.addresses import absolute_url
from services.ingest.characters import without_control
from services.ingest.documents.dates import DateReader, claimed_date
from services.ingest.documents.languages import primary_language
from services.ingest.documents.parsed import LONGEST_GUID, MOST_ENTRIES, ParsedEntry, ParsedFeed
from services.ingest.documents.plaintext import title_text
from services.ingest.documents.rawfeed import is_legible, longest_text, related
from shared.errors import FeedUnreadableError

_VERSION: Final = "https://jsonfeed.org/version/1"
_ITEMS: Final = re.compile(r'"items"\s*:\s*\[')
_BETWEEN: Final = re.compile(r"[\s,]*")


_NOTHING: Final = msgspec.Raw(b"null")


class _Hub(msgspec.Struct):
    url: str = ""


class _Feed(msgspec.Struct):
    """Items stay raw until each is read, so that what is wrong in one costs no other."""

    version: str
    items: list[msgspec.Raw]
    title: str = ""
    language: str = ""
    feed_url: str = ""
    hubs: list[msgspec.Raw] = msgspec.field(default_factory=list)


class _Item(msgspec.Struct):
    id: msgspec.Raw = _NOTHING
    url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None


def read_json_feed(text: str, url: str) -> ParsedFeed:
    """What the document says; of half a document, its whole items. Raises FeedUnreadableError."""
    feed, complete = _decoded(text)
    if not feed.version.startswith(_VERSION):
        raise FeedUnreadableError(f"JSON, but no JSON Feed: version {feed.version[:60]!r}")
    kept = feed.items[:MOST_ENTRIES]
    language = primary_language(feed.language)
    items = [_item(raw) for raw in kept]
    dates = DateReader.of((item.date_published or "" for item in items if item is not None), language)
    entries = tuple(entry for item in items if (entry := _readable(item, url, dates)) is not None)
    links = [("self", feed.feed_url), *(("hub", _hub(raw)) for raw in feed.hubs[:MOST_ENTRIES])]
    return ParsedFeed(
        format="json feed 1.1" if feed.version.rstrip("/").endswith("1.1") else "json feed 1.0",
        title=title_text(feed.title),
        entries=entries,
        complete=complete,
        language=language,
        over_cap=len(feed.items) - len(kept),
        undecodable=len(kept) - len(entries),
        hubs=related(links, "hub", url),
        self_url=next(iter(related(links, "self", url)), None),
    )


def _decoded(text: str) -> tuple[_Feed, bool]:
    """The document, and whether it is whole."""
    try:
        return msgspec.json.decode(text, type=_Feed), True
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError) as error:
        whole_items = _cut_after_last_item(text)
        if whole_items is not None:
            try:
                return msgspec.json.decode(whole_items, type=_Feed), False
            except (msgspec.MsgspecError, RecursionError):
                pass
        raise FeedUnreadableError(f"JSON, but no JSON Feed: {error}"[:200]) from error


def _cut_after_last_item(text: str) -> str | None:
    """A document that breaks off, closed after its last whole item; None if it has none."""
    opening = _ITEMS.search(text)
    if opening is None:
        return None
    decoder, end = json.JSONDecoder(), opening.end()
    while True:
        between = _BETWEEN.match(text, end)
        start = end if between is None else between.end()
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            broken_off = end > opening.end() and text[start : start + 1] != "]"
            return f"{text[:end]}]}}" if broken_off else None


def _item(raw: msgspec.Raw) -> _Item | None:
    try:
        return msgspec.json.decode(raw, type=_Item)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _hub(raw: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(raw, type=_Hub).url
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""


def _readable(item: _Item | None, url: str, dates: DateReader) -> ParsedEntry | None:
    if item is None:
        return None
    try:
        entry = _entry(item, url, dates)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return entry if is_legible(entry) else None


def _entry(item: _Item, url: str, dates: DateReader) -> ParsedEntry:
    texts = (item.content_html, item.content_text, item.summary)
    published_at, published_source = claimed_date(
        dates.read(item.date_published or ""), dates.read(item.date_modified or "")
    )
    return ParsedEntry(
        guid=without_control(_name(item.id)).strip()[:LONGEST_GUID] or None,
        url=absolute_url(item.url, url),
        title=title_text(item.title or ""),
        text=longest_text(text or "" for text in texts),
        published_at=published_at,
        published_source=published_source,
    )


def _name(raw: msgspec.Raw) -> str:
    """An id, which many write as a number; one out of every range by its digits. Raises FeedUnreadableError
    for a number as long as no guid: that is an attack."""
    try:
        return str(msgspec.json.decode(raw, type=str | int | float | None) or "")
    except msgspec.ValidationError:
        number = bytes(raw).decode()
        if not number.startswith(("-", *"0123456789")):
            raise
        if len(number) > LONGEST_GUID:
            raise FeedUnreadableError("JSON, but no JSON Feed: a number longer than any") from None
        return number
