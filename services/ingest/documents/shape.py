"""A fast look at a document before the real parser sees it: attacks on that parser are refused here.

One pass with expat costs a fiftieth of parsing. Documents that are not well-formed are looked at as far as
they go; what hides behind the first fault meets the parser's deadline.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from services.ingest.documents.pages import page_instead
from shared.errors import FeedUnreadableError

MOST_ATTRIBUTES: Final = 64
DEEPEST: Final = 100
MOST_STRAY_SIGNS: Final = 5_000
"""Of "<" and "&" in a row: each costs the forgiving parser a look at all that follows."""

_SITEMAPS: Final = frozenset(("urlset", "sitemapindex"))
_PAGE_NAMES: Final = frozenset(
    (
        "html",
        "head",
        "body",
        "script",
        "style",
        "meta",
        "title",
        "div",
        "center",
        "form",
        "iframe",
        "noscript",
    )
)
_STRAY: Final = re.compile("[<&](?=[<&])")
_DEEPEST_ENTRY: Final = 3
_TAIL: Final = 2_048
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_FIRST_TAG: Final = re.compile(r"<([A-Za-z_][\w.:-]{0,80})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """`text` with surplus entries cut off, `surplus` of them; `complete` unless the end is missing.

    `root` is the name of the first element.
    """

    text: str
    root: str
    complete: bool
    surplus: int


def check_shape(text: str, most_entries: int) -> Shape:
    """Look at an XML document. Raises FeedUnreadableError for HTML, entity declarations, more than 64
    attributes on an element, nesting deeper than 100, thousands of stray signs, no element at all."""
    root = root_name(text)
    document = text.encode()
    names = ("url",) if is_sitemap(root) else ("item", "entry")
    walk = _Walk(most_entries, names)
    if not walk.through(document):
        return _damaged(text, root, most_entries, names)
    if walk.cut_at is None:
        return Shape(text=text, root=root, complete=True, surplus=0)
    kept = document[: walk.cut_at].decode("utf-8", "replace")
    return Shape(text=kept + walk.closing, root=root, complete=True, surplus=walk.entries - most_entries)


def root_name(text: str) -> str:
    """The name of the first element. Raises FeedUnreadableError for HTML, entities, and no element at all."""
    opening = _COMMENT.sub("", text[:20_000])
    first = _FIRST_TAG.search(opening)
    if first is None:
        raise FeedUnreadableError("no XML element in it")
    prolog = opening[: first.start()].lower()
    if first.group(1).lower() in _PAGE_NAMES or "<!doctype html" in prolog:
        raise page_instead(text)
    if "<!entity" in prolog:
        raise FeedUnreadableError("it declares entities")
    return first.group(1)


def is_sitemap(root: str) -> bool:
    """Whether a document with such a root is a sitemap of any kind."""
    return root.rpartition(":")[2].lower() in _SITEMAPS


def _damaged(text: str, root: str, most_entries: int, names: tuple[str, ...]) -> Shape:
    """The shape of a document that is not well-formed, as far as patterns tell.

    Where the end is missing, so is the entry that was not finished: it will come with the whole document.
    """
    if sum(1 for _ in _STRAY.finditer(text)) > MOST_STRAY_SIGNS:
        raise FeedUnreadableError("it is full of stray signs")
    tag = rf"(?:[\w.-]{{1,40}}:)?(?:{'|'.join(names)})[\s>]"
    starts = [match.start() for match in re.finditer(f"<{tag}", text)]
    complete = f"</{root}" in text[-_TAIL:]
    if not complete and starts and re.search(f"</{tag}", text[starts[-1] :]) is None:
        text = text[: starts.pop()]
    kept = text if len(starts) <= most_entries else text[: starts[most_entries]]
    return Shape(text=kept, root=root, complete=complete, surplus=max(0, len(starts) - most_entries))


class _Walk:
    """One pass through a document, counting elements, attributes and entries."""

    def __init__(self, most_entries: int, names: tuple[str, ...]) -> None:
        self.entries = 0
        self.cut_at: int | None = None
        self.closing = ""
        self._most_entries = most_entries
        self._names = names
        self._open: list[str] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._entity

    def through(self, document: bytes) -> bool:
        """Whether it is well-formed to its end."""
        try:
            self._parser.Parse(document, True)
        except expat.ExpatError:
            return False
        return True

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(attributes) > MOST_ATTRIBUTES:
            raise FeedUnreadableError(f"{len(attributes)} attributes on one element")
        if name.rpartition(":")[2] in self._names and len(self._open) < _DEEPEST_ENTRY:
            self._count_entry()
        self._open.append(name)
        if len(self._open) > DEEPEST:
            raise FeedUnreadableError(f"elements nested deeper than {DEEPEST}")

    def _count_entry(self) -> None:
        self.entries += 1
        if self.entries == self._most_entries + 1:
            self.cut_at = self._parser.CurrentByteIndex
            self.closing = "".join(f"</{name}>" for name in reversed(self._open))

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _entity(self, *_declaration: object) -> None:
        raise FeedUnreadableError("it declares entities")
