"""Checkups as a table that grows while they are made."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from services.commands.feed_lines import age, took
from services.commands.terminal_rows import Row, lines_of, print_rows
from services.ingest.operations.checking import Checkup, Seen, compared
from shared.model.times import Clock

_MARGIN: Final = 8
_STYLES: Final = {"ok": "green", "empty": "yellow", "partial": "yellow", "too many": "yellow"}
_COLUMNS: Final = ("status", "format", "entries", "newest", "took")
_RIGHT: Final = frozenset({"entries", "newest", "took"})


@contextmanager
def live_table(console: Console, total: int, clock: Clock) -> Iterator[Seen]:
    """Call what it gives with every checkup: the latest are shown at once, and in the end all of them in the
    order of the sources."""
    rows: dict[int, Checkup] = {}
    with Live(console=console, transient=True, auto_refresh=False) as live:

        def seen(place: int, checkup: Checkup) -> None:
            rows[place] = checkup
            latest = list(rows.values())[-max((console.height - _MARGIN) // 2, 1) :]
            counted = Text(f"{len(rows)} of {total} checked")
            live.update(Group(*_frame(latest, clock), counted), refresh=True)

        yield seen
    earlier: dict[str, str] = {}
    ordered = [compared(rows[place], earlier) for place in sorted(rows)]
    print_rows(console, _COLUMNS, [_row(checkup, clock) for checkup in ordered], right=_RIGHT)
    failed = sum(checkup.failed for checkup in ordered)
    console.print(f"{len(ordered)} checked, {len(ordered) - failed} well, {failed} not")


def _frame(checkups: list[Checkup], clock: Clock) -> Iterator[Text]:
    """Two lines for each, never wrapped: what is drawn over must keep its height."""
    rows = [replace(_row(checkup, clock), notes=()) for checkup in checkups]
    for line in lines_of(_COLUMNS, rows, right=_RIGHT):
        line.no_wrap, line.overflow = True, "ellipsis"
        yield line


def _row(checkup: Checkup, clock: Clock) -> Row:
    return Row(
        cells=(
            checkup.status,
            checkup.format,
            "" if checkup.entries is None else str(checkup.entries),
            age(checkup.newest_at, clock()),
            took(checkup.elapsed),
        ),
        style=_STYLES.get(checkup.status, "red"),
        address=checkup.source,
        notes=checkup.advice,
    )
