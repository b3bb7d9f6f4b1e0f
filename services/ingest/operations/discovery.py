"""From a web page to the feeds it offers. Runs in a worker process: pages are hostile too."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from services.ingest.addresses import absolute_url

MOST_FEEDS: Final = 20
LARGEST_PAGE: Final = 2 * 1024 * 1024

_TYPES: Final = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"),
        *("application/x.atom+xml", "application/x-atom+xml"),
    }
)
# A link that declares nothing is followed only if its address says that it is a feed.
_FEED_PATH: Final = re.compile(
    r"(?:^|/)(?:rss|atom|feed)\.(?:xml|rss|rdf|atom|json)$"
    r"|\.(?:rss|atom|rdf)$"
    r"|/(?:rss|atom|feed)/?$"
    r"|/feed/(?:rss2?|atom)/?$",
    re.IGNORECASE,
)


def find_feeds(page: bytes, url: str) -> tuple[str, ...]:
    """Absolute addresses of the feeds that the page at `url` offers, in its order, each once, at most 20.

    Those it declares (`<link rel=alternate>` of a feed's type) count; only if there are none, links whose
    address is plainly that of a feed. Of a larger page the first 2 MiB count. Never raises for what a page
    holds.
    """
    root = _tree(page[:LARGEST_PAGE])
    if root is None:
        return ()
    base = _base(root, url)
    return _first_of(_declared(root, base), url) or _first_of(_linked(root, base), url)


def _tree(page: bytes) -> etree._Element | None:
    """The page as libxml2 recovers it; nothing is loaded."""
    parser = etree.HTMLParser(no_network=True, remove_comments=True, huge_tree=False)
    try:
        root: etree._Element | None = etree.fromstring(page, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root


def _base(root: etree._Element, url: str) -> str:
    """What relative addresses of the page are relative to."""
    for element in root.iter("base"):
        if element.get("href"):
            return absolute_url(element.get("href"), url) or url
    return url


def _declared(root: etree._Element, base: str) -> Iterator[str]:
    for link in root.iter("link"):
        relations = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in relations and kind in _TYPES:
            yield absolute_url(link.get("href"), base) or ""


def _linked(root: etree._Element, base: str) -> Iterator[str]:
    for link in root.iter("a"):
        address = absolute_url(link.get("href"), base) or ""
        if _FEED_PATH.search(urlsplit(address).path):
            yield address


def _first_of(addresses: Iterator[str], page: str) -> tuple[str, ...]:
    """The page itself is none of its feeds."""
    found: dict[str, None] = {}
    for address in addresses:
        whole = address.partition("#")[0]
        if whole and whole != page.partition("#")[0]:
            found.setdefault(whole)
        if len(found) == MOST_FEEDS:
            break
    return tuple(found)
