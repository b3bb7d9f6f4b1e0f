"""Google-News sitemaps: a `urlset` whose addresses carry a `news:news` with title and publication date.

The lines have no text; that is the format. A sitemap without news is no feed.
"""

from lxml import etree

from services.ingest.documents.rawfeed import RawEntry, RawFeed
from services.ingest.documents.shape import Shape
from shared.errors import FeedUnreadableError


def read_news_sitemap(shape: Shape) -> RawFeed:
    """What a sitemap says about news, damaged or not. Raises FeedUnreadableError if there is none in it."""
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(shape.text.encode("utf-8", "ignore"), parser)
    addresses = [] if root is None else [child for child in root if _local(child) == "url"]
    news = [(address, found) for address in addresses if (found := _child(address, "news")) is not None]
    if not news:
        raise FeedUnreadableError("a sitemap without news entries")
    publication = _child(news[0][1], "publication")
    return RawFeed(
        format="news sitemap",
        title=_text(publication, "name"),
        language=_text(publication, "language"),
        entries=tuple(_entry(address, found) for address, found in news),
    )


def _entry(address: etree._Element, news: etree._Element) -> RawEntry:
    link = _text(address, "loc")
    return RawEntry(
        id=link,
        link=link,
        title=_text(news, "title"),
        published=_text(news, "publication_date"),
        updated=_text(address, "lastmod"),
    )


def _child(parent: etree._Element | None, name: str) -> etree._Element | None:
    if parent is None:
        return None
    return next((child for child in parent if _local(child) == name), None)


def _text(parent: etree._Element | None, name: str) -> str:
    child = _child(parent, name)
    return "" if child is None else (child.text or "").strip()


def _local(element: etree._Element) -> str:
    """The name without namespace, which sitemaps often declare wrongly."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()
