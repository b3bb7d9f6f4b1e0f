"""Feeds in lines: for people in columns, for programs as JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
import typer
from rich.cells import cell_len, set_cell_size

from services.commands.terminal_rows import Row
from services.ingest.characters import without_control
from services.ingest.operations.checking import Checkup
from shared.model.feed import Feed, FeedState

JsonLines = Annotated[bool, typer.Option("--json", help="one line of JSON for each feed")]

NEVER_READ: Final = "not read yet"
HEALTH_COLUMNS: Final = ("health", "for", "language", "country", "outlet")

_WIDEST_OUTLET: Final = 30
_CLOCKS_DIFFER: Final = timedelta(minutes=1)
_STYLES: Final = {"healthy": "green", "paused": "dim"} | dict.fromkeys(
    (NEVER_READ, "slow", "silent", "partial", "moved"), "yellow"
)


def checkup_line(checkup: Checkup, now: datetime) -> str:
    """Status, format, entries, age of the newest, time taken, source and advice, in columns."""
    entries = "" if checkup.entries is None else str(checkup.entries)
    columns = (
        f"{checkup.status:<12}{checkup.format:<14}{entries:>5} {age(checkup.newest_at, now):>10}"
        f" {took(checkup.elapsed):>7}  {without_control(checkup.source)}"
    )
    return f"{columns}  {'; '.join(checkup.advice)}".rstrip()


def checkup_json(checkup: Checkup) -> str:
    """All of a checkup, as one line of JSON."""
    return msgspec.json.encode(
        {
            "feed": checkup.source,
            "status": checkup.status,
            "failed": checkup.failed,
            "format": checkup.format or None,
            "entries": checkup.entries,
            "newest_at": checkup.newest_at,
            "elapsed_ms": round(checkup.elapsed.total_seconds() * 1000),
            "advice": checkup.advice,
        }
    ).decode()


def health_lines(feeds: Sequence[tuple[Feed, FeedState | None]], now: datetime) -> Iterator[str]:
    """State, for how long, language, outlet, address and reason of each feed, in columns."""
    outlets = [set_cell_size(feed.outlet, min(cell_len(feed.outlet), _WIDEST_OUTLET)) for feed, _ in feeds]
    width = max(map(cell_len, outlets), default=0)
    for (feed, state), outlet in zip(feeds, outlets, strict=True):
        word, since, reason = _health(feed, state)
        columns = f"{word:<14}{age(since, now):>7}  {feed.language or '-':<3} {set_cell_size(outlet, width)}"
        yield f"{columns}  {without_control(feed.url)}  {without_control(reason)}".rstrip()


def health_rows(feeds: Sequence[tuple[Feed, FeedState | None]], now: datetime) -> Iterator[Row]:
    """What `health_lines` tells, for a terminal; the columns are `HEALTH_COLUMNS`."""
    for feed, state in feeds:
        word, since, reason = _health(feed, state)
        yield Row(
            cells=(word, age(since, now), feed.language or "-", feed.country or "-", feed.outlet),
            style=_STYLES.get(word, "red"),
            address=feed.url,
            notes=(reason,) if reason else (),
        )


def health_json(listed: tuple[Feed, FeedState | None]) -> str:
    """A feed and its health, as one line of JSON; `health` is null before the first poll."""
    feed, state = listed
    health = state.health if state else None
    return msgspec.json.encode(
        {
            "id": feed.id,
            "url": feed.url,
            "name": feed.name,
            "outlet": feed.outlet,
            "language": feed.language,
            "owner": feed.owner,
            "country": feed.country,
            "tier": feed.tier,
            "enabled": feed.enabled,
            "health": health and {"state": health.state, "since": health.since, "reason": health.reason},
            "last_success_at": state.last_success_at if state else None,
            "last_outcome": state.last_outcome if state else None,
        }
    ).decode()


def age(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits: `40 s`, `12 min`, `7 h`, `3 d`; `in 2 d` for what is still
    to come, beyond what clocks differ by; nothing for None."""
    if moment is None:
        return ""
    if moment - now > _CLOCKS_DIFFER:
        return f"in {_span(moment - now)}"
    return _span(max(now - moment, timedelta()))


def _span(length: timedelta) -> str:
    seconds = length.total_seconds()
    for unit, unit_seconds, most in (("s", 1, 120), ("min", 60, 7_200), ("h", 3_600, 172_800)):
        if seconds < most:
            return f"{int(seconds / unit_seconds)} {unit}"
    return f"{int(seconds / 86_400)} d"


def took(elapsed: timedelta) -> str:
    """The time taken, in milliseconds or seconds."""
    seconds = elapsed.total_seconds()
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _health(feed: Feed, state: FeedState | None) -> tuple[str, datetime | None, str]:
    if not feed.enabled:
        return "paused", None, ""
    if state is None or state.last_outcome is None:
        return NEVER_READ, None, ""
    if state.health is None:
        return NEVER_READ, state.failing_since, state.last_error or ""
    reason = "" if state.health.state == "healthy" else state.health.reason
    return state.health.state, state.health.since, reason
