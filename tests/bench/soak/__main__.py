"""`make soak`: poll 2,000 feeds for half an hour, a third of them failing in every way we know.

Prints charts and a verdict; exit status 1 if memory grew, a healthy feed was late, or a story was lost.
"""

import argparse
import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

from rich.console import Console

from tests.bench.polling.children import child, told_port
from tests.bench.soak.cast import KINDS, healthy_count
from tests.bench.soak.chart import chart
from tests.bench.soak.origin import Served
from tests.bench.soak.service import LONGEST, POLICY
from tests.bench.soak.verdict import Limits, Sample, Verdict, judge
from tests.bench.soak.watching import Watch, watch
from tests.waiting import rest

LOOKS: Final = 360
FEWEST_SECONDS: Final = 2.0
LIMITS: Final = Limits(
    overdue_seconds=POLICY.shortest.total_seconds(),
    gap_seconds=LONGEST.total_seconds() * (1 + POLICY.jitter) + POLICY.shortest.total_seconds(),
)
"""One shortest interval after it was due, a feed is late."""


def main() -> int:
    """Run the soak that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--feeds", type=int, default=2_000)
    wanted = parser.parse_args()
    console = Console(width=140, highlight=False)
    console.print(
        f"{wanted.feeds} feeds for {wanted.minutes:g} minutes: {healthy_count(wanted.feeds)} healthy, the"
        f" others failing in {len(KINDS)} ways: {', '.join(KINDS)}"
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="pactwatch-soak-")))
        origin = stack.enter_context(
            child("tests.bench.soak.origin", str(wanted.feeds), log=folder / "origin-log")
        )
        port = told_port(origin)
        service = stack.enter_context(
            child("tests.bench.soak.service", str(folder), str(wanted.feeds), str(port), log=folder / "log")
        )
        service.told(str)
        looking = watch(service, origin, folder=folder, feeds=wanted.feeds, port=port)
        samples = asyncio.run(_samples(looking, wanted.minutes * 60, console))
        served = origin.ask("sample", Served)
    verdict = judge(samples, served.longest_gap_seconds, LIMITS)
    _show(console, samples, served, verdict)
    return 1 if verdict.faults else 0


async def _samples(looking: Watch, seconds: float, console: Console) -> list[Sample]:
    began, samples = monotonic(), list[Sample]()
    every = max(FEWEST_SECONDS, seconds / LOOKS)
    try:
        while monotonic() - began < seconds:
            await rest(every)
            samples.append(await looking.sample(monotonic() - began))
            if len(samples) % 12 == 0:
                console.print(_words(samples[-1]), style="dim")
        samples.append(await looking.at_rest(monotonic() - began))
    finally:
        await looking.database.close()
    return samples


def _words(sample: Sample) -> str:
    return (
        f"{sample.at_seconds:5.0f} s  {sample.polls} polls, {sample.served} items served,"
        f" {sample.published} published, {(sample.main_bytes + sample.worker_bytes) / 1e6:.0f} MB,"
        f" most overdue {sample.overdue_seconds:.1f} s, {sample.unpolled} never polled"
    )


def _show(console: Console, samples: list[Sample], served: Served, verdict: Verdict) -> None:
    console.print()
    console.print(chart("Memory of the main process", [each.main_bytes / 1e6 for each in samples], "MB"))
    console.print(chart("Memory of its workers", [each.worker_bytes / 1e6 for each in samples], "MB"))
    console.print(
        chart("Longest overdue healthy feed", [each.overdue_seconds for each in samples], "seconds")
    )
    last = samples[-1]
    console.print(
        f"\n{last.polls} polls, {served.requests} requests; {last.served} items of healthy feeds served,"
        f" {last.published} published\nmemory over the second half: {verdict.growth:+.1%}; a healthy feed"
        f" was at most {verdict.most_overdue_seconds:.1f} s overdue, and left alone for at most"
        f" {served.longest_gap_seconds:.0f} s (limits {LIMITS.overdue_seconds:.0f} and"
        f" {LIMITS.gap_seconds:.0f} s)"
    )
    for fault in verdict.faults:
        console.print(f"FAULT: {fault}", style="red")
    if not verdict.faults:
        console.print(
            "Memory is flat, no healthy feed was late, every item served was published.", style="green"
        )


if __name__ == "__main__":
    sys.exit(main())
