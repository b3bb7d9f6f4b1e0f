"""What a person should know, or do, about a feed that was just read. Pure."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from services.ingest.documents.parsed import MOST_ENTRIES, ParsedEntry, ParsedFeed
from services.ingest.judging.moves import permanent_target
from services.ingest.operations.files import is_address
from services.ingest.operations.sources import SourceReading

QUIET_FOR: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=1)
_NAMED: Final = 5
_TITLED: Final = re.compile(r"^(an HTML page)(.*) titled (.+)$")


def advise(reading: SourceReading, now: datetime) -> tuple[str, ...]:
    """In words, the most important first; nothing about a feed that is as it should be."""
    return (*_about_the_answer(reading), *_about_the_way(reading), *_about_the_feed(reading.parsed, now))


def newest_of(parsed: ParsedFeed) -> datetime | None:
    """When the newest entry was published, as far as dates can be read."""
    return max((entry.published_at for entry in parsed.entries if entry.published_at), default=None)


def counted(entries: int) -> str:
    """`1 entry`, `2 entries`."""
    return "1 entry" if entries == 1 else f"{entries} entries"


def holds(entries: int) -> str:
    """The verb after so many entries."""
    return "holds" if entries == 1 else "hold"


def unread_words(parsed: ParsedFeed) -> str:
    """What a document holds beyond what is read of it."""
    more, was = ("1 more is", "was") if parsed.over_cap == 1 else (f"{parsed.over_cap} more are", "were")
    return f"{more} beyond the limit of {MOST_ENTRIES} and {was} not read"


def _about_the_answer(reading: SourceReading) -> Iterator[str]:
    match reading.status:
        case "page":
            yield _page_words(reading)
        case "robot check":
            yield "shows a check for robots instead of the feed; ask the publisher to let us in"
        case "refused":
            yield f"refuses us ({reading.code}); ask the publisher to let us in"
        case "gone":
            yield f"is no longer there ({reading.code}); look for its successor on the outlet's page"
        case "busy":
            yield f"asks for patience ({reading.code})"
        case "unreachable" if "certificate" in reading.error.lower():
            yield f"its certificate is not to be trusted: {reading.error}"
        case "partial":
            yield "ends early: part of the document is missing"
        case "ok" | "empty" | "too many":
            pass
        case _:
            yield reading.error
    if reading.retry_after is not None:
        yield f"wants to be asked again in {int(reading.retry_after.total_seconds())} s (Retry-After)"


def _page_words(reading: SourceReading) -> str:
    if not reading.feeds:
        return f"gives {_page_kind(reading.error)}; {_no_feeds(reading)}"
    more = f" and {len(reading.feeds) - _NAMED} more" if len(reading.feeds) > _NAMED else ""
    return f"is a web page; its feeds: {', '.join(reading.feeds[:_NAMED])}{more}"


def _page_kind(said: str) -> str:
    return _TITLED.sub(r"\1 (\3)\2", said) or "a web page"


def _no_feeds(reading: SourceReading) -> str:
    if is_address(reading.source):
        return "it names no feed"
    return "it names no feed by a whole address, and relative links of a file cannot be followed"


def _about_the_way(reading: SourceReading) -> Iterator[str]:
    destination = permanent_target(reading.redirects)
    if destination is not None:
        yield f"moved permanently to {destination}"


def _about_the_feed(parsed: ParsedFeed | None, now: datetime) -> Iterator[str]:
    if parsed is None:
        return
    if not parsed.total:
        yield "holds no entries"
    if parsed.undecodable:
        yield f"{counted(parsed.undecodable)} {holds(parsed.undecodable)} nothing to read"
    if parsed.over_cap:
        yield unread_words(parsed)
    if parsed.entries:
        yield from _about_entries(parsed.entries)
        yield from _about_the_newest(newest_of(parsed), now)


def _about_entries(entries: tuple[ParsedEntry, ...]) -> Iterator[str]:
    undated = sum(entry.published_at is None for entry in entries)
    if undated:
        yield f"{_share(undated, len(entries))} no date that can be read"
    unnamed = sum(entry.guid is None for entry in entries)
    if unnamed:
        yield f"{_share(unnamed, len(entries))} no guid; the address stands for it"


def _about_the_newest(newest: datetime | None, now: datetime) -> Iterator[str]:
    if newest is None:
        return
    if newest > now + AHEAD:
        yield f"its newest entry is dated {newest:%Y-%m-%d}, which is still to come"
    elif now - newest > QUIET_FOR:
        yield f"nothing new for {(now - newest).days} days"


def _share(some: int, of: int) -> str:
    return "its entries have" if some == of else f"{some} of {of} entries have"
