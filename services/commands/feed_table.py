"""Checkups as a table that grows while they are made."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from services.commands.feed_lines import age, took
from services.ingest.documents.plaintext import without_control
from services.ingest.operations.checking import Checkup, Seen, compared
from shared.model.times import Clock

_MARGIN: Final = 8
_STYLES: Final = {"ok": "green", "empty": "yellow", "partial": "yellow"}


@contextmanager
def live_table(console: Console, total: int, clock: Clock) -> Iterator[Seen]:
    """Call what it gives with every checkup: the latest are shown at once, and in the end all of them in the
    order of the sources."""
    rows: dict[int, Checkup] = {}
    with Live(console=console, transient=True, auto_refresh=False) as live:

        def seen(place: int, checkup: Checkup) -> None:
            rows[place] = checkup
            latest = list(rows.values())[-max(console.height - _MARGIN, 1) :]
            counted = Text(f"{len(rows)} of {total} checked")
            live.update(Group(_table(latest, clock), counted), refresh=True)

        yield seen
    earlier: dict[str, str] = {}
    ordered = [compared(rows[place], earlier) for place in sorted(rows)]
    console.print(_table(ordered, clock))
    failed = sum(checkup.failed for checkup in ordered)
    console.print(f"{len(ordered)} checked, {len(ordered) - failed} well, {failed} not")


def _table(checkups: list[Checkup], clock: Clock) -> Table:
    table = Table(expand=True)
    for name in ("status", "format"):
        table.add_column(name, no_wrap=True)
    for name in ("entries", "newest", "took"):
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column("feed, and what to do", ratio=1, overflow="fold")
    for checkup in checkups:
        words = Text(without_control(checkup.source))
        for advice in checkup.advice:
            words.append(f"\n→ {advice}", style="italic")
        table.add_row(
            Text(checkup.status, style=_STYLES.get(checkup.status, "red")),
            checkup.format,
            "" if checkup.entries is None else str(checkup.entries),
            age(checkup.newest_at, clock()),
            took(checkup.elapsed),
            words,
        )
    return table
