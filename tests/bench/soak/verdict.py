"""What the samples of a soak say: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, linear_regression
from typing import Final

MOST_GROWTH: Final = 0.05
"""How much memory may grow over the second half, as a share of its mean there."""


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
    """`faults` in words, none if all is well; `growth` as a share of the mean over the second half."""

    growth: float
    most_overdue_seconds: float
    faults: tuple[str, ...]


def judge(samples: Sequence[Sample], longest_gap_seconds: float, limits: Limits) -> Verdict:
    """Judge at least four samples, in order of time, the last taken when all had come to rest."""
    grown = growth(samples[len(samples) // 2 :])
    started = [sample for sample in samples if not sample.unpolled]
    most_overdue = max((sample.overdue_seconds for sample in started), default=0.0)
    last = samples[-1]
    found = {
        f"memory grew by {grown:.1%} over the second half": grown > MOST_GROWTH,
        f"{last.unpolled} healthy feeds were never polled": last.unpolled > 0,
        f"a healthy feed was {most_overdue:.0f} s overdue": most_overdue > limits.overdue_seconds,
        f"a healthy feed was left alone for {longest_gap_seconds:.0f} s": longest_gap_seconds
        > limits.gap_seconds,
        f"{last.served} items were served, {last.published} published": last.served != last.published,
    }
    return Verdict(
        growth=grown,
        most_overdue_seconds=most_overdue,
        faults=tuple(words for words, holds in found.items() if holds),
    )


def growth(samples: Sequence[Sample]) -> float:
    """The rise of the line through the memory of all processes over these samples, by its mean."""
    sizes = [float(sample.main_bytes + sample.worker_bytes) for sample in samples]
    times = [sample.at_seconds for sample in samples]
    if len(samples) < 2:
        return 0.0
    slope = linear_regression(times, sizes).slope
    return slope * (times[-1] - times[0]) / fmean(sizes)
