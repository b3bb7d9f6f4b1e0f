"""A page read: the report in it and what it says of itself. Runs in a worker process that may be killed."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Final
from urllib.parse import urljoin, urlsplit
from warnings import catch_warnings, simplefilter

from services.extract.origins.agencies import AgencyFinder
from services.extract.pages.charset import decode_page
from services.extract.pages.credit import agency_credit
from services.extract.pages.metadata import page_head

LONGEST_TEXT: Final = 100_000
"""Characters of a report that are kept, as many as of a feed's text."""

_LONGEST_FIELD: Final = 300
_MOST_AUTHORS: Final = 10
_LONGEST_URL: Final = 2_048
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_GAP: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """`text` is plain, one paragraph per line; `locked` says that the page is for subscribers."""

    text: str
    canonical_url: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    authors: tuple[str, ...] = ()
    site_name: str | None = None
    credit: str | None = None
    locked: bool = False


@cache
def _extractor() -> ModuleType:
    """The library that finds the report in a page.

    Loaded when first asked for: it costs half a second and 45 MB that only a reader's process needs.
    """
    with catch_warnings():
        simplefilter("ignore")  # urllib3 misses a proxy's library that nobody asked for
        return import_module("trafilatura.core")


def read_page(body: bytes, content_type: str, url: str, agencies: AgencyFinder) -> PageReading | None:
    """What the page says; None if it is no HTML. As slow and as large as the page wants it to be."""
    library = _extractor()
    tree = library.load_html(decode_page(body, content_type))
    if tree is None:
        return None
    head = page_head(tree)
    try:
        found: Any = library.bare_extraction(
            tree,
            url=url,
            include_comments=False,
            # Without it a page of few words is filled up with its menus.
            favor_precision=True,
            with_metadata=True,
            date_extraction_params={
                "extensive_search": False,
                "original_date": True,
                "max_date": "2100-01-01",
            },
        )
    except ValueError:
        found = None
    if found is None:
        return PageReading(
            text="", published_at=head.published_at, modified_at=head.modified_at, locked=head.locked
        )
    text = plain(found.text or "")
    authors = _authors(found.author)
    return PageReading(
        text=text,
        canonical_url=_address(tree.xpath("string(//link[@rel='canonical']/@href)"), url),
        published_at=head.published_at,
        modified_at=head.modified_at,
        authors=authors,
        site_name=_field(found.sitename),
        credit=agency_credit(agencies, text, authors),
        locked=head.locked,
    )


def plain(text: str) -> str:
    """Without characters that databases, JSON or terminals choke on; at most `LONGEST_TEXT`."""
    text = _CONTROL.sub("", text[: 2 * LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n"))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return _GAP.sub("\n\n", "\n".join(lines)).strip()[:LONGEST_TEXT].rstrip()


def _authors(value: str | None) -> tuple[str, ...]:
    names = (_field(name) for name in (value or "").split(";"))
    return tuple(dict.fromkeys(name for name in names if name))[:_MOST_AUTHORS]


def _field(value: str | None) -> str | None:
    return " ".join(_CONTROL.sub(" ", value or "").split())[:_LONGEST_FIELD] or None


def _address(value: object, base: str) -> str | None:
    """The http(s) address meant, or None."""
    try:
        url = urljoin(base, "".join(_CONTROL.sub("", str(value)).split()))
        usable = value != "" and urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)
    except ValueError:
        return None
    return url if usable and len(url) <= _LONGEST_URL else None
