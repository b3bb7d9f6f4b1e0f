"""OPML 2.0, the format in which feed lists travel: pure reading and writing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree
from yarl import URL

from services.ingest.languages import primary_language
from services.ingest.plaintext import title_text, without_control
from shared.errors import InputError
from shared.http.urls import http_url
from shared.model.feed import Feed
from shared.model.ids import feed_id

LARGEST: Final = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlReading:
    """The feeds listed, each address once, and in words what is wrong with the other lines."""

    feeds: tuple[Feed, ...]
    faults: tuple[str, ...]


def read_opml(document: bytes) -> OpmlReading:
    """The feeds of an OPML document, however its outlines are nested. Raises InputError if it is none.

    Attributes beside OPML's own: `outlet`, else the host's name stands for it, and `language`.
    """
    root = _root(document)
    feeds: dict[str, Feed] = {}
    faults: list[str] = []
    for outline in root.iter("outline"):
        url = (outline.get("xmlUrl") or "").strip()
        if not url:
            if outline.get("type") == "rss":
                faults.append(f"line {outline.sourceline}: an outline of type rss without xmlUrl")
            continue
        try:
            feeds.setdefault(url, _feed(outline, http_url(url), url))
        except InputError as error:
            faults.append(f"line {outline.sourceline}: {url[:200]!r}: {error.detail}")
    return OpmlReading(feeds=tuple(feeds.values()), faults=tuple(faults))


def write_opml(feeds: Iterable[Feed], title: str) -> bytes:
    """An OPML document that `read_opml` reads back to the same feeds."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = without_control(title)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        etree.SubElement(body, "outline", dict(_attributes(feed)))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _attributes(feed: Feed) -> Iterator[tuple[str, str]]:
    yield "type", "rss"
    yield "text", without_control(feed.name)
    yield "xmlUrl", without_control(feed.url)
    yield "outlet", without_control(feed.outlet)
    if feed.language is not None:
        yield "language", without_control(feed.language)


def _root(document: bytes) -> etree._Element:
    if len(document) > LARGEST:
        raise InputError(f"an OPML document of more than {LARGEST} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"not XML: {error}"[:200]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError("an OPML document has no document type declaration")
    if root.tag != "opml":
        raise InputError(f"the document is {str(root.tag)[:60]!r}, not OPML")
    return root


def _feed(outline: etree._Element, parsed: URL, url: str) -> Feed:
    host = parsed.host or ""
    name = title_text(outline.get("title") or outline.get("text") or "") or host
    return Feed(
        id=feed_id(url),
        url=url,
        name=name,
        outlet=title_text(outline.get("outlet") or "") or host,
        language=primary_language(outline.get("language") or ""),
    )
