"""What feedparser calls the elements of a document, so that a faster reader can call them the same.

feedparser knows namespaces by its own prefixes, whatever prefixes a document uses; an element's name there is
`title`, `media_title`, `content_encoded`. Its tables are read from itself: a newer feedparser that handles
more elements makes the fast reader give up on those, not differ.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from feedparser.mixin import _FeedParserMixin

_NAMESPACES: Final[Mapping[str, str]] = {
    address.lower(): prefix for address, prefix in _FeedParserMixin.namespaces.items()
}
_PREFIXES: Final = frozenset(_NAMESPACES.values()) - {""}
HANDLED: Final = frozenset(
    name.removeprefix(kind)
    for name in dir(_FeedParserMixin)
    for kind in ("_start_", "_end_")
    if name.startswith(kind)
)
"""The elements it does something about; all others it only stores under their names."""
_DECLARATION: Final = re.compile(r"xmlns(?::([\w.-]+))?\s*=\s*[\"']([^\"']*)")


def namespaces_are_plain(text: str) -> bool:
    """Whether each prefix has one meaning in the document and none is feedparser's for another namespace."""
    meanings: defaultdict[str, set[str]] = defaultdict(set)
    prefixes: defaultdict[str, set[str]] = defaultdict(set)
    for prefix, address in set(_DECLARATION.findall(text)):
        known = _known(address)
        if prefix in _PREFIXES and known not in (None, prefix):
            return False
        meanings[prefix].add(address if known is None else known)
        if known is None:
            prefixes[address].add(prefix)
    one_meaning = all(len(meaning) == 1 for prefix, meaning in meanings.items() if prefix)
    return one_meaning and all(len(names) == 1 for names in prefixes.values())


@lru_cache(maxsize=1_000)
def feedparser_name(tag: str, prefix: str | None) -> str:
    """The name of an element by lxml's tag ("{namespace}local") and the document's prefix."""
    address, _, local = tag.rpartition("}")
    if address:
        known = _known(address[1:])
        prefix = prefix if known is None else known
    return (f"{prefix}_{local}" if prefix else local).lower()


def _known(address: str) -> str | None:
    """feedparser's prefix for a namespace, empty for those of the formats themselves."""
    lower = address.lower()
    return "" if "backend.userland.com/rss" in lower else _NAMESPACES.get(lower)
