"""One element's text, attributes and address, as feedparser takes them."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from lxml import etree

from services.ingest.documents.shape import MOST_ATTRIBUTES

_XML: Final = "{http://www.w3.org/xml/1998/namespace}"
_PAGE_TYPES: Final = frozenset(("html", "xhtml", "text/html", "application/xhtml+xml"))
_SLASHES: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+,\-.]*://)/+")
_BROKEN_REFERENCE: Final = re.compile(r"&([A-Za-z0-9_]+);")
_NO_ATTRIBUTES: Final[Mapping[str, str]] = {}
_C1: Final = re.compile("[\x80-\x9f]")
_WINDOWS: Final = {
    code: meaning
    for code in range(0x80, 0xA0)
    if (meaning := bytes((code,)).decode("cp1252", "ignore")) and meaning != chr(code)
}


def text_of(element: etree._Element) -> str:
    """An element's text, as feedparser repairs it: what was encoded twice, and what Windows' letters left."""
    text = (element.text or "").strip()
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode()
    return text.translate(_WINDOWS) if _C1.search(text) else text


def address_of(element: etree._Element) -> str:
    """An element's text as an address."""
    return _with_two_slashes(text_of(element))


def attributes_of(element: etree._Element) -> Mapping[str, str] | None:
    """Attributes by name in lower case; None if one has a namespace or there are too many."""
    if len(element.attrib) > MOST_ATTRIBUTES:  # before any is read: libxml2 seeks each from the first on
        return None
    items = element.items()
    if not items:
        return _NO_ATTRIBUTES
    found: dict[str, str] = {}
    for key, raw in items:
        name, value = str(key).lower(), str(raw)
        if name.startswith("{"):
            if not name.startswith(_XML):
                return None
        else:
            found[name] = value.lower() if name in ("rel", "type") else value
    return found


def with_repaired_references(address: str) -> str:
    """An address as feedparser has it: what looks like a reference to an entity is a parameter."""
    return _BROKEN_REFERENCE.sub(r"&\g<1>", address) if "&" in address else address


def target_of(attributes: Mapping[str, str]) -> str | None:
    """The address in a link's attributes, or None if it has none."""
    target = attributes.get("url", attributes.get("uri", attributes.get("href"))) or attributes.get("href")
    return None if target is None else _with_two_slashes(target)


def _with_two_slashes(address: str) -> str:
    return _SLASHES.sub(r"\1", address) if ":///" in address else address


def is_page(attributes: Mapping[str, str]) -> bool:
    """Whether a link leads to something to read."""
    return attributes.get("type", "text/html") in _PAGE_TYPES
