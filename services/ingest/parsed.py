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

    `complete` is False when the document stops before its end. `language` is its primary subtag in lower
    case; `interval_hint` how often the publisher says it changes.
    """

    title: str
    entries: tuple[ParsedEntry, ...]
    complete: bool = True
    language: str | None = None
    interval_hint: timedelta | None = None
    over_cap: int = 0
    undecodable: int = 0

    @property
    def total(self) -> int:
        """How many entries the document held."""
        return len(self.entries) + self.over_cap + self.undecodable
