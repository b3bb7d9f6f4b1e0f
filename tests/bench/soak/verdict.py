"""What the samples of a soak say: pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, linear_regression
from typing import Final

from services.ingest.judging.failures import SUCCESSES
from shared.model.feed import PollOutcome
from tests.bench.soak.cast import HEALTHY

MOST_GROWTH: Final = 0.05
"""How much memory may grow over the second half, as a share of its mean there."""

Tally = Mapping[str, Mapping[PollOutcome, int]]
"""How often the polls of each kind of feed ended in what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look. `overdue_seconds` is how long the latest of the healthy feeds has been due, `unpolled` how
    many of them were never polled; `served` and `published` count healthy feeds' items."""

    at_seconds: float
    main_bytes: int
    worker_bytes: int
    overdue_seconds: float
    unpolled: int
    served: int
    published: int
    polls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a healthy feed is late: so long overdue, or so long not asked as its server sees it."""

    overdue_seconds: float
    gap_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`faults` in words, none if all is well; `growth` of all processes and `main_growth` of the main one, as
    a share of the mean over the second half: a leak of one may hide in the swing of the others."""

    growth: float
    main_growth: float
    most_overdue_seconds: float
    faults: tuple[str, ...]


def whole(sample: Sample) -> int:
    """The memory of all processes."""
    return sample.main_bytes + sample.worker_bytes


def judge(samples: Sequence[Sample], tally: Tally, longest_gap_seconds: float, limits: Limits) -> Verdict:
    """Judge at least four samples, in order of time, the last taken when all had come to rest, and how the
    polls of each kind of feed ended."""
    late = samples[len(samples) // 2 :]
    grown, main_grown = growth(late), growth(late, lambda sample: sample.main_bytes)
    most_overdue = max(sample.overdue_seconds for sample in samples)
    unfailed = sorted(kind for kind, ends in tally.items() if kind != HEALTHY and not failures(ends))
    last = samples[-1]
    found = {
        f"memory grew by {grown:.1%} over the second half": grown > MOST_GROWTH,
        f"memory of the main process grew by {main_grown:.1%} over the second half": main_grown > MOST_GROWTH,
        f"{last.unpolled} healthy feeds were never polled": last.unpolled > 0,
        f"a healthy feed was {most_overdue:.0f} s overdue": most_overdue > limits.overdue_seconds,
        f"a healthy feed was left alone for {longest_gap_seconds:.0f} s": longest_gap_seconds
        > limits.gap_seconds,
        f"{last.served} items were served, {last.published} published": last.served != last.published,
        f"no poll failed by: {', '.join(unfailed)}": bool(unfailed),
    }
    return Verdict(
        growth=grown,
        main_growth=main_grown,
        most_overdue_seconds=most_overdue,
        faults=tuple(words for words, holds in found.items() if holds),
    )


def failures(ends: Mapping[PollOutcome, int]) -> int:
    """How many of these polls gave no whole document."""
    return sum(count for outcome, count in ends.items() if outcome not in SUCCESSES)


def growth(samples: Sequence[Sample], bytes_of: Callable[[Sample], int] = whole) -> float:
    """The rise of the line through the memory over these samples, by its mean."""
    sizes = [float(bytes_of(sample)) for sample in samples]
    times = [sample.at_seconds for sample in samples]
    if len(samples) < 2:
        return 0.0
    slope = linear_regression(times, sizes).slope
    return slope * (times[-1] - times[0]) / fmean(sizes)
