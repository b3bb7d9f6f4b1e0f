"""What pages need of worker processes: the sides a teaser names, and the reading of pages and robots.txt.

The first is done where the tagger is loaded, the others in processes of their own, whose memory is bounded:
pages may be as large and as twisted as their servers like.
"""

from typing import Final

from services.extract.lines import TagRequest
from services.extract.pages.reading import PageReading, read_page
from services.extract.pages.robots import Permission, permission
from services.extract.reading.labels import labels_of
from services.extract.rules.agencies import load_agencies
from services.extract.rules.watch import SIDES
from services.extract.worker import tagger_in_worker

MEMORY_BYTES: Final = 1536 * 1024**2
"""What a process that reads pages may take; a page of 10 MB without tricks takes a sixth of it."""


def load_reader() -> None:
    """The initializer of the pool that reads pages: what reading the first one loads is no page's fault."""
    page = b"<!DOCTYPE html><html><body><p>A first page.</p></body></html>"
    page_in_worker(page, "text/html", "https://a.example/")


def sides_in_worker(request: TagRequest) -> frozenset[str]:
    """The sides of the watch that title or text of this story name."""
    tagger = tagger_in_worker()
    story = tagger.read(title=request.title, text=request.text, language=request.language)
    found, bits = labels_of(story.sentences), tagger.lexicon.labels
    return frozenset(side for side in SIDES if found >> bits[side] & 1)


def page_in_worker(body: bytes, content_type: str, url: str) -> PageReading | None:
    """What the page says; None if it is no HTML."""
    return read_page(body, content_type, url, load_agencies())


def permission_in_worker(body: bytes, url: str) -> Permission:
    """What a robots.txt says of this address to us."""
    return permission(body, url)
