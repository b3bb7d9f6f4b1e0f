"""What a soak prints at its end."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.bench.soak.cast import HEALTHY
from tests.bench.soak.chart import chart
from tests.bench.soak.origin import Served
from tests.bench.soak.service import LONGEST
from tests.bench.soak.verdict import MOST_GROWTH, Limits, Sample, Tally, Verdict, failures

STEADY_SECONDS: Final = 10 * LONGEST.total_seconds()
_TOO_SHORT: Final = (
    "The swing of a few rounds of polls looks like a trend: memory is judged well in a soak of at least"
    f" {STEADY_SECONDS / 60:.0f} minutes."
)


def show(
    console: Console,
    samples: Sequence[Sample],
    tally: Tally,
    served: Served,
    verdict: Verdict,
    limits: Limits,
) -> None:
    """All that was found, the verdict last."""
    console.print()
    console.print(_kinds(tally))
    console.print(chart("Memory of the main process", [each.main_bytes / 1e6 for each in samples], "MB"))
    console.print(chart("Memory of its workers", [each.worker_bytes / 1e6 for each in samples], "MB"))
    console.print(
        chart("Longest overdue healthy feed", [each.overdue_seconds for each in samples], "seconds")
    )
    last = samples[-1]
    console.print(
        f"\n{last.polls:,} polls, {served.requests:,} requests\n"
        f"{last.served:,} items of healthy feeds served, {last.published:,} published\n"
        f"memory along its trend over the second half: {verdict.growth:+.1%}, of the main process"
        f" {verdict.main_growth:+.1%} (limit {MOST_GROWTH:.0%})\n"
        f"a healthy feed was at most {verdict.most_overdue_seconds:.1f} s overdue (limit"
        f" {limits.overdue_seconds:.0f} s), and left alone for at most {served.longest_gap_seconds:.0f} s"
        f" (limit {limits.gap_seconds:.0f} s)"
    )
    if last.at_seconds < STEADY_SECONDS:
        console.print(_TOO_SHORT, style="yellow")
    for fault in verdict.faults:
        console.print(f"FAULT: {fault}", style="red")
    if not verdict.faults:
        console.print(
            "Memory is flat, no healthy feed was late, every item served was published, and every\n"
            "kind of failure happened.",
            style="green",
        )


def _kinds(tally: Tally) -> Table:
    table = Table(title="How polls ended, by what the server did", title_justify="left")
    for heading in ("server", "polls", "failed", "outcomes"):
        table.add_column(heading, justify="right" if heading in ("polls", "failed") else "left")
    for kind in sorted(tally, key=lambda kind: (kind != HEALTHY, kind)):
        ends = tally[kind]
        often_first = sorted(ends, key=lambda outcome: (-ends[outcome], outcome))
        table.add_row(
            kind,
            f"{sum(ends.values()):,}",
            f"{failures(ends):,}",
            ", ".join(f"{outcome} {ends[outcome]:,}" for outcome in often_first),
        )
    return table
