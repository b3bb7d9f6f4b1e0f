"""OPML 2.0, the format in which feed lists travel: pure reading and writing."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from lxml import etree

from services.ingest.characters import without_control
from services.ingest.documents.languages import primary_language
from services.ingest.documents.plaintext import title_text
from shared.errors import InputError
from shared.http.urls import http_url
from shared.model.feed import Feed
from shared.model.ids import feed_id

LARGEST: Final = 10 * 1024 * 1024
LONGEST_LINE: Final = 200

_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
_TIERS: Final = {"1": 1, "2": 2, "3": 3}
_LEAST_INTERVAL: Final = 60
_MOST_INTERVAL: Final = 86_400
_ALLOWED: Final = {
    "language": "a language code, such as ko or en-GB",
    "country": "two letters, ISO 3166",
    "tier": "1, 2 or 3",
    "interval": f"a whole number of seconds, {_LEAST_INTERVAL} to {_MOST_INTERVAL}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """One feed as a list has it, and `place`, the line it stands on, in words. None is what is not said."""

    place: str
    url: str
    name: str | None = None
    outlet: str | None = None
    language: str | None = None
    owner: str | None = None
    country: str | None = None
    tier: int | None = None
    interval: timedelta | None = None
    enabled: bool = True

    def value(self) -> Feed:
        """The feed as it would be watched: its host stands for an outlet and a name that are not given."""
        host = http_url(self.url).host or ""
        return Feed(
            id=feed_id(self.url),
            url=self.url,
            name=self.name or host,
            outlet=self.outlet or host,
            language=self.language,
            enabled=self.enabled,
            interval=self.interval,
            owner=self.owner,
            country=self.country,
            tier=self.tier,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlReading:
    """The feeds listed, each address once, and in words what was left out, by line."""

    listed: tuple[ListedFeed, ...]
    faults: tuple[str, ...]

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The feeds as they would be watched."""
        return tuple(listed.value() for listed in self.listed)


def read_opml(document: bytes, check: Callable[[str], object] = http_url) -> OpmlReading:
    """The feeds of an OPML document, however its outlines are nested. Raises InputError if it is none.

    Attributes beside OPML's own: `outlet`, `owner`, `language`, `country` (ISO 3166), `tier` (1 to 3) and
    `interval` (seconds). One that cannot be understood is left out, and so is an outline without a usable
    address, or one listed before; each is a fault. `check` raises InputError for an address that is not to be
    watched. `isComment` of an outline, or of one around it, means not to poll.
    """
    feeds: dict[str, ListedFeed] = {}
    faults: list[str] = []
    for outline in _root(document).iter("outline"):
        url, place = _given(outline, "xmlUrl"), f"line {outline.sourceline}"
        if not url:
            if outline.get("type") == "rss":
                faults.append(f"{place}: an outline of type rss without xmlUrl")
            continue
        try:
            feed, misread = _listed(outline, url, place, check)
        except InputError as error:
            faults.append(f"{place}: {url[:200]!r}: {error.detail}")
            continue
        first = feeds.setdefault(url, feed)
        faults += (
            misread if first is feed else [f"{place}: {url[:200]!r} is listed again; {first.place} is kept"]
        )
    return OpmlReading(listed=tuple(feeds.values()), faults=tuple(faults))


def write_opml(feeds: Iterable[Feed], title: str) -> bytes:
    """An OPML document that `read_opml` reads back to the same feeds."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = without_control(title)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        etree.SubElement(body, "outline", {name: without_control(value) for name, value in _attributes(feed)})
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _attributes(feed: Feed) -> Iterator[tuple[str, str]]:
    seconds = None if feed.interval is None else int(feed.interval.total_seconds())
    yield "type", "rss"
    yield "text", feed.name
    yield "xmlUrl", feed.url
    yield "outlet", feed.outlet
    further = {"owner": feed.owner, "language": feed.language, "country": feed.country, "tier": feed.tier}
    for name, value in (further | {"interval": seconds}).items():
        if value is not None:
            yield name, str(value)
    if not feed.enabled:
        yield "isComment", "true"


def _root(document: bytes) -> etree._Element:
    if len(document) > LARGEST:
        raise InputError(f"an OPML document of more than {LARGEST // 1024**2} MiB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"not XML: {getattr(error, 'msg', None) or error}"[:200]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError("an OPML document has no document type declaration")
    if root.tag != "opml":
        raise InputError(f"the document is {str(root.tag)[:60]!r}, not OPML")
    return root


def _listed(
    outline: etree._Element, url: str, place: str, check: Callable[[str], object]
) -> tuple[ListedFeed, list[str]]:
    """The feed, and a fault for each attribute left out. Raises InputError for an unusable outline."""
    check(url)
    feed = ListedFeed(
        place=place,
        url=url,
        name=_line(outline, "title") or _line(outline, "text"),
        outlet=_line(outline, "outlet"),
        language=primary_language(_given(outline, "language")),
        owner=_line(outline, "owner"),
        country=_country(_given(outline, "country")),
        tier=_TIERS.get(_given(outline, "tier")),
        interval=_interval(_given(outline, "interval")),
        enabled=not any(_commented(around) for around in (outline, *outline.iterancestors("outline"))),
    )
    read = {"language": feed.language, "country": feed.country, "tier": feed.tier, "interval": feed.interval}
    misread = [name for name, value in read.items() if value is None and _given(outline, name)]
    return feed, [
        f"{place}: {name}={_given(outline, name)[:60]!r} is left out: it must be {_ALLOWED[name]}"
        for name in misread
    ]


def _given(outline: etree._Element, name: str) -> str:
    return (outline.get(name) or "").strip()


def _line(outline: etree._Element, name: str) -> str | None:
    text = title_text(outline.get(name) or "")
    if len(text) > LONGEST_LINE:
        raise InputError(f"its {name} is longer than {LONGEST_LINE} characters")
    return text or None


def _country(code: str) -> str | None:
    return code.upper() if _COUNTRY.fullmatch(code) else None


def _interval(digits: str) -> timedelta | None:
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(_MOST_INTERVAL))):
        return None
    return timedelta(seconds=int(digits)) if _LEAST_INTERVAL <= int(digits) <= _MOST_INTERVAL else None


def _commented(outline: etree._Element) -> bool:
    return _given(outline, "isComment").lower() == "true"
