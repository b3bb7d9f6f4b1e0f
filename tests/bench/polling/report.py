"""The tables of the polling bench, with the aims beside what was found."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.bench.polling.parts import ROUNDS, Bout, Lateness, Scale
from tests.bench.polling.rounds import Kind
from tests.bench.verdicts import Aim

TITLES: Final[dict[Kind, str]] = {
    "not_modified": "unchanged, 304",
    "same": "unchanged, 200 with 40 KB",
    "small": "changed, 40 KB",
    "large": "changed, 338 KB",
}
AIMS: Final[dict[Kind, Aim]] = {
    "not_modified": Aim(least=5),
    "same": Aim(least=5),
    "small": Aim(least=3),
    "large": Aim(least=3),
}
FLAT: Final = Aim(most=1.2)


def show_bouts(console: Console, bouts: Sequence[Bout]) -> None:
    """Ours beside the rival's, kind by kind."""
    table = _table(
        f"Polls by us and by lemon24/reader, in turn on the same origin; medians of {ROUNDS} rounds",
        *("feeds", "polled", "ours /s", "reader /s", "faster", "ours ms", "reader ms", "cheaper"),
        *("aim", "both"),
    )
    for each in bouts:
        faster = each.ours.per_second / each.rival.per_second
        cheaper = each.rival.poll_ms / each.ours.poll_ms
        table.add_row(
            TITLES[each.kind],
            f"{each.feeds:,}",
            f"{each.ours.per_second:.0f}",
            f"{each.rival.per_second:.0f}",
            f"{faster:.1f}×",
            f"{each.ours.poll_ms:.2f}",
            f"{each.rival.poll_ms:.2f}",
            f"{cheaper:.1f}×",
            str(AIMS[each.kind]),
            AIMS[each.kind].verdict(faster, cheaper),
        )
    console.print(table)
    threads = "; ".join(f"{TITLES[each.kind]}: {each.rival_workers}" for each in bouts)
    console.print(
        "faster: polls per second of wall clock. cheaper: ms of processor time per poll, worker processes"
        " included.\nBoth write to SQLite files, ours also to its stream and its log. No compression on the"
        f" wire.\nThreads that suit reader best: {threads}.\n"
    )


def show_scales(console: Console, scales: Sequence[Scale]) -> None:
    """Cost and memory as feeds grow."""
    table = _table(
        f"Cost and memory by number of feeds, all answering 304; medians of {ROUNDS} rounds",
        *("feeds", "ms per poll", "of the first", "aim", "flat", "main MB", "KB more per feed"),
        *("workers MB", "reader MB", "ours by reader's"),
        left=(),
    )
    first = scales[0]
    for each in scales:
        grown = each.ours.poll_ms / first.ours.poll_ms
        more = (each.ours.main_bytes - first.ours.main_bytes) / max(1, each.feeds - first.feeds)
        ours = each.ours.main_bytes + each.ours.worker_bytes
        table.add_row(
            f"{each.feeds:,}",
            f"{each.ours.poll_ms:.2f}",
            f"{grown:.2f}×",
            str(FLAT),
            FLAT.verdict(grown),
            f"{each.ours.main_bytes / 1e6:.0f}",
            "" if each is first else f"{more / 1e3:.1f}",
            f"{each.ours.worker_bytes / 1e6:.0f}",
            "" if each.rival_bytes is None else f"{each.rival_bytes / 1e6:.0f}",
            "" if each.rival_bytes is None else f"{ours / each.rival_bytes:.1f}×",
        )
    console.print(table)
    console.print()


def show_lateness(console: Console, found: Sequence[Lateness]) -> None:
    """How late polls start."""
    table = _table(
        "From due to the start of the poll",
        *("load", "feeds", "p50 ms", "p99 ms", "worst ms", "polls /s"),
    )
    for each in found:
        table.add_row(
            each.what,
            f"{each.feeds:,}",
            f"{each.p50_ms:,.0f}",
            f"{each.p99_ms:,.0f}",
            f"{each.most_ms:,.0f}",
            f"{each.per_second:.0f}",
        )
    console.print(table)
    console.print(
        "Every feed has a host of its own, so politeness asks for no wait. Due in the same instant, the last"
        " feed cannot start before all\nothers were polled: that lag is the time to poll them all. The lag of"
        " the scheduler itself shows where feeds are due evenly."
    )


def _table(title: str, *headings: str, left: tuple[str, ...] = ("load", "feeds")) -> Table:
    """The first column is of words, if it is named in `left`; the others are of figures."""
    table = Table(title=title, title_justify="left")
    for place, heading in enumerate(headings):
        words = place == 0 and heading in left
        table.add_column(heading, justify="left" if words else "right", no_wrap=True)
    return table
