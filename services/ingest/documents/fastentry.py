"""One entry's elements, taken in their order to the same strings that feedparser takes them to."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from lxml import etree

from services.ingest.documents.elements import (
    address_of,
    attributes_of,
    is_page,
    target_of,
    text_of,
    with_repaired_references,
)
from services.ingest.documents.feedparsernames import HANDLED, feedparser_name
from services.ingest.documents.rawfeed import RawEntry
from services.ingest.documents.shape import DEEPEST, MOST_ATTRIBUTES

TEXT_TYPES: Final = frozenset(("", "text", "plain", "html", "text/plain", "text/html"))
LEAVES: Final = frozenset(
    [
        "category",
        "cloud",
        "copyright",
        "created",
        "dc_creator",
        "dc_author",
        "dc_publisher",
        "dc_rights",
        "dc_subject",
        "dc_language",
        "dcterms_created",
        "email",
        "enclosure",
        "expirationdate",
        "generator",
        "height",
        "homepage",
        "keywords",
        "language",
        "managingeditor",
        "media_category",
        "media_credit",
        "media_keywords",
        "media_license",
        "media_player",
        "media_rating",
        "media_restriction",
        "media_thumbnail",
        "name",
        "rights",
        "subtitle",
        "tagline",
        "itunes_subtitle",
        "uri",
        "url",
        "webmaster",
        "width",
        "itunes_author",
        "itunes_block",
        "itunes_category",
        "itunes_email",
        "itunes_explicit",
        "itunes_image",
        "itunes_keywords",
        "itunes_name",
    ]
)
"""What feedparser handles without any effect on what we read, if no element is inside."""
CONTAINERS: Final = frozenset(
    ["author", "contributor", "itunes_owner", "media_group", "media_content", "itunes_category"]
)
_COLLIDING: Final = frozenset(
    ["date", "links", "tags", "authors", "contributors", "publishers", "author_detail", "publisher_detail"]
)
"""Names it does not handle but would store under a key of its own."""


def is_known(name: str) -> bool:
    """Whether an element is known to change nothing, whatever elements are inside."""
    return name in CONTAINERS or (name not in HANDLED and name not in _COLLIDING)


class Titles:
    """Which of several titles counts: one that is less deep than the last."""

    def __init__(self, depth: int = -1) -> None:
        self._depth = depth

    def take(self, value: str, name: str, depth: int) -> bool:
        """Whether this title replaces what there was."""
        counts = not -1 < self._depth <= depth
        if value and name != "media_title":
            self._depth = depth
        return counts


class EntryReader:
    """Reads one entry; `usual` turns False when there is something in it that only feedparser may judge."""

    def __init__(self, about: str | None) -> None:
        self.usual = True
        self.titles = Titles()
        self._values = {"id": about} if about else {}
        self._depths: dict[str, int] = {}
        self._contents: list[str] = []
        self._has_content = False

    def read(self, elements: Iterable[etree._Element], depth: int) -> None:
        """Take elements that are `depth` deep in the document."""
        for element in elements:
            name = feedparser_name(str(element.tag), element.prefix)
            reader, inside = _READERS.get(name), len(element)
            if reader is not None and not inside:
                reader(self, element, name, depth)
            elif inside and is_known(name) and depth < DEEPEST:
                self.read(element, depth + 1)
            elif inside or not (name in LEAVES or is_known(name)):
                self.usual = False
            self.usual = self.usual and len(element.keys()) <= MOST_ATTRIBUTES

    def entry(self) -> RawEntry:
        """What was read."""
        return RawEntry(contents=tuple(self._contents), **self._values)

    def title(self, element: etree._Element, name: str, depth: int) -> None:
        value = self._told(element)
        if self.titles.take(value, name, depth):
            self._store("title", value, depth)

    def link(self, element: etree._Element, _name: str, _depth: int) -> None:
        attributes = attributes_of(element)
        if attributes is None:
            self.usual = False
            return
        target = target_of(attributes)
        if target is None:
            self._values["link"] = with_repaired_references(address_of(element).replace("&amp;", "&"))
        elif attributes.get("rel", "alternate") == "alternate" and is_page(attributes):
            self._values["link"] = target

    def id(self, element: etree._Element, _name: str, depth: int) -> None:
        attributes = attributes_of(element)
        if attributes is None:
            self.usual = False
            return
        is_link = attributes.get("ispermalink", "true") == "true"
        value = address_of(element) if is_link else text_of(element)
        self._store("id", value, depth)
        if is_link:
            self._values.setdefault("link", value)

    def described(self, element: etree._Element, _name: str, depth: int) -> None:
        value = self._told(element)
        if "summary" in self._values and not self._has_content:
            self._has_content = True
            self._contents.append(value)
        else:
            self._store("summary", value, depth)

    def content(self, element: etree._Element, _name: str, _depth: int) -> None:
        value = self._told(element)
        self._has_content = True
        self._contents.append(value)
        self._values.setdefault("summary", value)

    def published(self, element: etree._Element, _name: str, depth: int) -> None:
        self._store("published", text_of(element), depth)

    def updated(self, element: etree._Element, _name: str, depth: int) -> None:
        self._store("updated", text_of(element), depth)

    def forget_title(self, _element: etree._Element, _name: str, _depth: int) -> None:
        self.titles = Titles()

    def _told(self, element: etree._Element) -> str:
        """The text of an element that may say which kind of text it holds."""
        if element.keys():
            attributes = attributes_of(element)
            if attributes is None or attributes.get("type", "") not in TEXT_TYPES or "mode" in attributes:
                self.usual = False
        return text_of(element)

    def _store(self, field: str, value: str, depth: int) -> None:
        """Keep a value unless there is one that is less deep."""
        if depth <= self._depths.get(field, depth):
            self._depths[field] = depth
            self._values[field] = value


_READERS: Final[Mapping[str, Callable[[EntryReader, etree._Element, str, int], None]]] = {
    **dict.fromkeys(("title", "dc_title", "media_title"), EntryReader.title),
    "link": EntryReader.link,
    **dict.fromkeys(("guid", "id"), EntryReader.id),
    **dict.fromkeys(("description", "dc_description", "media_description"), EntryReader.described),
    **dict.fromkeys(("summary", "itunes_summary"), EntryReader.described),
    **dict.fromkeys(("content", "content_encoded"), EntryReader.content),
    **dict.fromkeys(("published", "issued", "pubdate", "dcterms_issued"), EntryReader.published),
    **dict.fromkeys(
        ("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified"), EntryReader.updated
    ),
    **dict.fromkeys(("image", "source"), EntryReader.forget_title),
}
