"""What passes between the bench and the pollers it compares: lines of JSON on standard input and output."""

import sys
from collections.abc import Iterator
from typing import Literal

import msgspec

from tests.bench.polling.processes import Spending

Kind = Literal["not_modified", "same", "small", "large"]


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What a poller is started for."""

    kind: Kind
    feeds: int
    port: int
    folder: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Poll every feed once. `workers` are threads, for a rival that has a choice; with `spread_seconds`
    the feeds become due evenly over that time instead of all at once, and lateness is told."""

    workers: int = 1
    spread_seconds: float | None = None


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One poll of every feed, and what it took; `lateness_ms` of each poll, in order, if it was asked for."""

    polls: int
    failed: int
    seconds: float
    processor_seconds: float
    main_bytes: int
    worker_bytes: int
    lateness_ms: list[float] = []

    @property
    def per_second(self) -> float:
        return self.polls / self.seconds

    @property
    def poll_ms(self) -> float:
        """Processor time of one poll."""
        return 1000 * self.processor_seconds / self.polls


def orders() -> Iterator[Order]:
    """Every order that comes on standard input, until it ends."""
    for line in sys.stdin.buffer:
        yield msgspec.json.decode(line, type=Order)


def tell(found: object) -> None:
    """Answer on standard output."""
    sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
    sys.stdout.buffer.flush()


def round_of(
    before: Spending, after: Spending, *, polls: int, failed: int, lateness_ms: list[float] | None = None
) -> Round:
    """What was spent between the two."""
    return Round(
        polls=polls,
        failed=failed,
        seconds=after.at - before.at,
        processor_seconds=after.processor_seconds - before.processor_seconds,
        main_bytes=after.main_bytes,
        worker_bytes=after.worker_bytes,
        lateness_ms=lateness_ms or [],
    )
