"""Ratios against a named baseline, run in turn with it: both see the same noise of the machine."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Two ways to do `units` of work; `ours` is compared with `baseline`."""

    name: str
    unit: str
    units: int
    ours: Callable[[], object]
    baseline_name: str
    baseline: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Medians over the rounds: milliseconds of processor time per unit, and the ratio round by round."""

    case: Case
    ours_ms: float
    baseline_ms: float
    ratio: float


def measure(case: Case) -> Measured:
    """One round to warm up, then the two in turn."""
    case.ours()
    case.baseline()
    pairs = [(_spent(case.ours), _spent(case.baseline)) for _ in range(ROUNDS)]
    per_unit = 1000 / case.units
    return Measured(
        case=case,
        ours_ms=median(ours for ours, _ in pairs) * per_unit,
        baseline_ms=median(baseline for _, baseline in pairs) * per_unit,
        ratio=median(ours / baseline for ours, baseline in pairs),
    )


def _spent(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
