"""RSS, RDF and Atom through feedparser, whose dictionaries end here."""

import io
from collections.abc import Mapping
from typing import Any, Final

import feedparser

from services.ingest.documents.rawfeed import MOST_CONTENTS, RawEntry, RawFeed
from shared.errors import FeedUnreadableError

FORMATS: Final = {
    "rss090": "rss 0.90",
    "rss091n": "rss 0.91",
    "rss091u": "rss 0.91",
    "rss092": "rss 0.92",
    "rss093": "rss 0.93",
    "rss094": "rss 0.94",
    "rss20": "rss 2.0",
    "rss10": "rdf",
    "rss": "rss",
    "atom01": "atom 0.1",
    "atom02": "atom 0.2",
    "atom03": "atom 0.3",
    "atom10": "atom 1.0",
    "atom": "atom",
    "cdf": "cdf",
}


def read_xml_feed(text: str) -> RawFeed:
    """What feedparser recovers of the document. Raises FeedUnreadableError if that is no feed."""
    document = _through_feedparser(text)
    # Plain dictionaries: feedparser's own answers for keys it does not hold, with a warning.
    entries = tuple(_entry(dict(entry)) for entry in document.get("entries", []))
    feed: Mapping[str, Any] = dict(document.get("feed", {}))
    version = _text(document.get("version"))
    if not version and not entries:
        raise FeedUnreadableError("no feed format recognised")
    return RawFeed(
        format=FORMATS.get(version, ""),
        title=_text(feed.get("title")),
        language=_text(feed.get("language")),
        ttl=_text(feed.get("ttl")),
        period=_text(feed.get("sy_updateperiod")),
        frequency=_text(feed.get("sy_updatefrequency")),
        links=tuple(_links(feed)),
        entries=entries,
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


def _entry(raw: Mapping[str, Any]) -> RawEntry | None:
    try:
        contents = tuple(_text(content.get("value")) for content in raw.get("content", [])[:MOST_CONTENTS])
    except (AttributeError, TypeError):  # an element that feedparser took for its own list
        return None
    return RawEntry(
        id=_text(raw.get("id")),
        link=_text(raw.get("link")),
        title=_text(raw.get("title")),
        summary=_text(raw.get("summary")),
        contents=contents,
        published=_text(raw.get("published")),
        updated=_text(raw.get("updated")),
    )


def _links(feed: Mapping[str, Any]) -> list[tuple[str, str]]:
    links = feed.get("links", [])
    if not isinstance(links, list):
        return []
    return [(_text(link.get("rel")), _text(link.get("href"))) for link in links if isinstance(link, Mapping)]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
