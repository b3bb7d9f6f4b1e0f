"""What a page says of itself in its head: its times, and whether it is for subscribers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from lxml.html import HtmlElement

_PUBLISHED: Final = (
    "article:published_time",
    "og:published_time",
    "date",
    "pubdate",
    "dc.date.issued",
    "datepublished",
)
_MODIFIED: Final = (
    "article:modified_time",
    "og:updated_time",
    "lastmod",
    "last-modified",
    "dc.date.modified",
    "datemodified",
)
_TIER: Final = ("article:content_tier",)
_LOCKED: Final = frozenset({"locked", "subscription", "premium", "paid"})
_MOST_BLOCKS: Final = 20
_LONGEST_BLOCK: Final = 200_000
_MOST_NODES: Final = 500
_LONGEST_TIME: Final = 40
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
_FRACTION: Final = re.compile(r"(\.\d{6})\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHead:
    """`locked` says that the page calls itself one for subscribers."""

    published_at: datetime | None
    modified_at: datetime | None
    locked: bool


def page_head(tree: HtmlElement) -> PageHead:
    """Structured data first, then meta tags. A time without its zone is no time."""
    nodes = tuple(_nodes(tree))
    meta = _meta(tree)
    return PageHead(
        published_at=_first([node.get("datePublished") for node in nodes], meta, _PUBLISHED),
        modified_at=_first([node.get("dateModified") for node in nodes], meta, _MODIFIED),
        locked=any(_is_false(node.get("isAccessibleForFree")) for node in nodes)
        or any(meta.get(name, "").lower() in _LOCKED for name in _TIER),
    )


def moment(value: object) -> datetime | None:
    """The time a page names in ISO 8601 with its zone, in UTC."""
    if not isinstance(value, str) or len(value) > _LONGEST_TIME:
        return None
    try:
        written = datetime.fromisoformat(_FRACTION.sub(r"\1", value.strip()))
        if written.tzinfo is None:
            return None
        found = written.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if _EARLIEST <= found < _LATEST else None


def _first(stated: list[object], meta: dict[str, str], names: tuple[str, ...]) -> datetime | None:
    values = (*stated, *(meta.get(name) for name in names))
    return next((found for value in values if (found := moment(value)) is not None), None)


def _meta(tree: HtmlElement) -> dict[str, str]:
    """Each meta tag's first value, by its name in lower case."""
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or ""
        found.setdefault(name.strip().lower(), (tag.get("content") or "").strip())
    return found


def _nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The articles among the page's JSON-LD."""
    blocks = [
        tag for tag in tree.iter("script") if tag.get("type", "").strip().lower() == "application/ld+json"
    ]
    for block in blocks[:_MOST_BLOCKS]:
        try:
            content = msgspec.json.decode((block.text or "")[:_LONGEST_BLOCK].encode("utf-8", "replace"))
        except (msgspec.DecodeError, RecursionError):
            continue
        yield from _articles(content)


def _articles(content: object) -> Iterator[dict[str, Any]]:
    waiting = [content]
    looked_at = 0
    while waiting and looked_at < _MOST_NODES:
        looked_at += 1
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            if (
                "article" in str(node.get("@type", "")).lower()
                or "posting" in str(node.get("@type", "")).lower()
            ):
                yield node
            waiting.extend(value for key, value in node.items() if key in ("@graph", "mainEntity"))


def _is_false(value: object) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower() == "false")
