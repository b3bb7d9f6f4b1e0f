"""What a feed document says, before anything is decided about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.model.story import PublishedSource

MOST_ENTRIES: Final = 2_000
LONGEST_TITLE: Final = 1_000
LONGEST_TEXT: Final = 100_000
LONGEST_GUID: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One entry as plain text. `title` is one line, `text` keeps paragraph breaks as newlines.

    `guid` is as received, `url` absolute http(s) or None. `published_at` is what the document claims, not
    clamped yet; None, with a source of None, if it claims nothing we can read.
    """

    guid: str | None
    url: str | None
    title: str
    text: str
    published_at: datetime | None = None
    published_source: PublishedSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """One document. The entries it held are `entries`, `over_cap` beyond the cap, and `undecodable` ones.

    `format` names the dialect in words: "rss 2.0", "rdf", "atom 1.0", "json feed 1.1", "news sitemap".
    `complete` is False when the document stops before its end. `language` is its primary subtag in lower
    case; `interval_hint` how often the publisher says it changes. `hubs` and `self_url` are what the
    document itself says for WebSub, absolute http(s) addresses both.
    """

    title: str
    entries: tuple[ParsedEntry, ...]
    complete: bool = True
    language: str | None = None
    interval_hint: timedelta | None = None
    over_cap: int = 0
    undecodable: int = 0
    format: str = ""
    hubs: tuple[str, ...] = ()
    self_url: str | None = None

    @property
    def total(self) -> int:
        """How many entries the document held."""
        return len(self.entries) + self.over_cap + self.undecodable
