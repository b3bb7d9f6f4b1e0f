"""`make soak`: poll 2,000 feeds for half an hour, a third of them failing in every way we know.

Prints charts and a verdict; exit status 1 if memory grew, a healthy feed was late, a story was lost, or a
failure did not come about. Interrupted, it judges nothing: exit status 130.
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
from tests.bench.soak.origin import Served
from tests.bench.soak.report import show
from tests.bench.soak.service import LONGEST, POLICY
from tests.bench.soak.verdict import Limits, Sample, Tally, Verdict, judge
from tests.bench.soak.watching import Watch, watch
from tests.waiting import rest

INTERRUPTED: Final = 130
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
    try:
        verdict = _soak(wanted.feeds, wanted.minutes, console)
    except KeyboardInterrupt:
        console.print("Interrupted: nothing is judged.", style="red")
        return INTERRUPTED
    return 1 if verdict.faults else 0


def _soak(feeds: int, minutes: float, console: Console) -> Verdict:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="pactwatch-soak-")))
        origin = stack.enter_context(child("tests.bench.soak.origin", str(feeds), log=folder / "origin-log"))
        port = told_port(origin)
        service = stack.enter_context(
            child("tests.bench.soak.service", str(folder), str(feeds), str(port), log=folder / "log")
        )
        service.told(str)
        looking = watch(service, origin, folder=folder, feeds=feeds, port=port)
        samples, tally = asyncio.run(_watched(looking, minutes * 60, console))
        served = origin.ask("sample", Served)
    verdict = judge(samples, tally, served.longest_gap_seconds, LIMITS)
    show(console, samples, tally, served, verdict, LIMITS)
    return verdict


async def _watched(looking: Watch, seconds: float, console: Console) -> tuple[list[Sample], Tally]:
    began, samples = monotonic(), list[Sample]()
    every = max(FEWEST_SECONDS, seconds / LOOKS)
    try:
        while monotonic() - began < seconds:
            await rest(every)
            samples.append(await looking.sample(monotonic() - began))
            if len(samples) % 12 == 0:
                console.print(_words(samples[-1]), style="dim")
        samples.append(await looking.at_rest(monotonic() - began))
        return samples, await looking.tally()
    finally:
        await looking.database.close()


def _words(sample: Sample) -> str:
    return (
        f"{sample.at_seconds:5.0f} s  {sample.polls} polls, {sample.served} items served,"
        f" {sample.published} published, {(sample.main_bytes + sample.worker_bytes) / 1e6:.0f} MB,"
        f" most overdue {sample.overdue_seconds:.1f} s, {sample.unpolled} never polled"
    )


if __name__ == "__main__":
    sys.exit(main())
