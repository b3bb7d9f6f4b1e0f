"""The tables of the polling bench, with the aims beside what was found."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.bench.polling.parts import Bout, Lateness, Scale

TITLES = {
    "not_modified": "unchanged, 304",
    "same": "unchanged, 200 with 40 KB",
    "small": "changed, 40 KB",
    "large": "changed, 338 KB",
}
AIMS = {"not_modified": 5, "same": 5, "small": 3, "large": 3}
FLAT = 1.2


def show_bouts(console: Console, bouts: Sequence[Bout]) -> None:
    """Ours beside the rival's, kind by kind."""
    table = Table(title="Polls, medians of rounds in turn on the same origin", title_justify="left")
    for heading in (
        "feeds",
        "polled",
        "ours /s",
        "reader /s",
        "ratio",
        "ours ms",
        "reader ms",
        "ratio",
        "aim",
    ):
        table.add_column(heading, justify="right" if heading != "feeds" else "left")
    for each in bouts:
        table.add_row(
            TITLES[each.kind],
            str(each.feeds),
            f"{each.ours.per_second:.0f}",
            f"{each.rival.per_second:.0f}",
            f"{each.ours.per_second / each.rival.per_second:.1f}×",
            f"{each.ours.poll_ms:.2f}",
            f"{each.rival.poll_ms:.2f}",
            f"{each.rival.poll_ms / each.ours.poll_ms:.1f}×",
            f"≥ {AIMS[each.kind]}×",
        )
    console.print(table)
    threads = ", ".join(f"{TITLES[each.kind]}: {each.rival_workers}" for each in bouts)
    console.print(
        "ms: processor time of one poll, worker processes included. Both write to SQLite files; ours also to"
        " its stream and its log. No compression on the wire. The number of threads that suits reader best:"
        f" {threads}."
    )


def show_scales(console: Console, scales: Sequence[Scale]) -> None:
    """Cost and memory as feeds grow."""
    table = Table(title="Cost and memory by number of feeds, 304", title_justify="left")
    for heading in ("feeds", "ms per poll", "of the first", "aim", "main MB", "workers MB", "reader MB"):
        table.add_column(heading, justify="right")
    for each in scales:
        table.add_row(
            f"{each.feeds:,}",
            f"{each.ours.poll_ms:.2f}",
            f"{each.ours.poll_ms / scales[0].ours.poll_ms:.2f}×",
            f"≤ {FLAT}×",
            f"{each.ours.main_bytes / 1e6:.0f}",
            f"{each.ours.worker_bytes / 1e6:.0f}",
            "" if each.rival_bytes is None else f"{each.rival_bytes / 1e6:.0f}",
        )
    console.print(table)


def show_lateness(console: Console, found: Sequence[Lateness]) -> None:
    """How late polls start."""
    table = Table(title="From due to the start of the poll", title_justify="left")
    for heading in ("load", "feeds", "p50 ms", "p99 ms", "worst ms", "polls /s"):
        table.add_column(heading, justify="left" if heading == "load" else "right")
    for each in found:
        table.add_row(
            each.what,
            f"{each.feeds:,}",
            f"{each.p50_ms:.0f}",
            f"{each.p99_ms:.0f}",
            f"{each.most_ms:.0f}",
            f"{each.per_second:.0f}",
        )
    console.print(table)
    console.print(
        "Every feed has a host of its own, so politeness asks for no wait. Due in the same instant, the last"
        " feed cannot start before all others were polled: that lag is the time to poll them all. The lag of"
        " the scheduler itself shows where feeds are due evenly."
    )
