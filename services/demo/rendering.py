"""The sample outlets' feeds as RSS 2.0 or Atom.

A feed's bytes depend on its entries alone, so its validators stay the same until an entry changes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import cast

from aiohttp import ETag
from lxml import etree

from services.demo.archive import Archive, FeedFormat, Markup, SampleEntry, SampleOutlet, entries_as_of

ATOM = "http://www.w3.org/2005/Atom"
# lxml names the default namespace None, which its stubs do not know.
ATOM_IS_DEFAULT = cast("dict[str, str]", {None: ATOM})
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def render_rss(outlet: SampleOutlet, entries: Sequence[SampleEntry], now: datetime) -> bytes:
    """The entries as RSS 2.0, in the order given; `now` dates the feed only where it has no entries."""
    rss = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": ATOM})
    channel = etree.SubElement(rss, "channel")
    _child(channel, "title", outlet.name)
    _child(channel, "link", _site(outlet))
    _child(channel, "description", f"{outlet.name}: all stories")
    _child(channel, "language", outlet.language)
    _child(channel, "lastBuildDate", format_datetime(last_change(entries, now), usegmt=True))
    _child(channel, f"{{{ATOM}}}link", rel="self", href=_self_link(outlet))
    for entry in entries:
        item = etree.SubElement(channel, "item")
        _child(item, "title", entry.title)
        _child(item, "link", entry.url)
        _child(item, "guid", entry.guid, isPermaLink="true" if entry.guid == entry.url else "false")
        _child(item, "pubDate", format_datetime(entry.published, usegmt=True))
        _child(item, "description", _body(outlet, entry))
    return _document(rss)


def render_atom(outlet: SampleOutlet, entries: Sequence[SampleEntry], now: datetime) -> bytes:
    """The entries as Atom, in the order given; `now` dates the feed only where it has no entries."""
    feed = etree.Element(f"{{{ATOM}}}feed", {XML_LANG: outlet.language}, nsmap=ATOM_IS_DEFAULT)
    _atom(feed, "id", _self_link(outlet))
    _atom(feed, "title", outlet.name)
    _atom(feed, "updated", last_change(entries, now).isoformat())
    _atom(feed, "link", rel="alternate", href=_site(outlet))
    _atom(feed, "link", rel="self", href=_self_link(outlet))
    author = _atom(feed, "author")
    _atom(author, "name", outlet.name)
    for entry in entries:
        item = _atom(feed, "entry")
        _atom(item, "id", entry.guid)
        _atom(item, "title", entry.title)
        _atom(item, "link", rel="alternate", href=entry.url)
        _atom(item, "published", entry.published.isoformat())
        _atom(item, "updated", entry.updated.isoformat())
        _atom(item, "content", _body(outlet, entry), type="html")
    return _document(feed)


def last_change(entries: Sequence[SampleEntry], now: datetime) -> datetime:
    """When anything in the feed last changed; the start of today's UTC day where it is empty."""
    start_of_day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return max((entry.updated for entry in entries), default=start_of_day)


def _child(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, tag, attributes)
    element.text = text
    return element


def _atom(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    return _child(parent, f"{{{ATOM}}}{tag}", text, **attributes)


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _site(outlet: SampleOutlet) -> str:
    return f"https://{outlet.domain}/"


def _self_link(outlet: SampleOutlet) -> str:
    return f"https://{outlet.domain}{outlet.feed_path}"


def _body(outlet: SampleOutlet, entry: SampleEntry) -> str:
    """The entry's text as HTML, which is what feed readers take a body for."""
    if outlet.markup is Markup.HTML:
        return entry.text
    return "\n".join(_paragraph(line) for line in entry.text.splitlines())


def _paragraph(line: str) -> str:
    element = etree.Element("p")
    element.text = line
    return etree.tostring(element, encoding="unicode", method="html")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedFeed:
    """A feed's bytes with the validators a client may ask about."""

    body: bytes
    etag: str
    last_modified: datetime

    def is_known_to(self, if_none_match: Sequence[ETag] | None, if_modified_since: datetime | None) -> bool:
        """Whether the client holds these bytes; an entity tag, where given, decides alone.

        Both arguments are the request's conditions (RFC 9110 §13.2.2), None where it has none.
        """
        if if_none_match is not None:
            return any(tag.value in (self.etag, "*") for tag in if_none_match)
        return if_modified_since is not None and self.last_modified <= if_modified_since


def rendered_feed(archive: Archive, outlet: SampleOutlet, now: datetime) -> RenderedFeed:
    """The outlet's feed as it stands at `now`."""
    entries = entries_as_of(archive, outlet.id, now)
    render = render_rss if outlet.format is FeedFormat.RSS else render_atom
    body = render(outlet, entries, now)
    etag = hashlib.sha256(body).hexdigest()[:32]
    return RenderedFeed(body=body, etag=etag, last_modified=last_change(entries, now))
