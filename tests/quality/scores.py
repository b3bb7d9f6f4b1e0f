"""Precision, recall and their harmonic mean."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts of one yes-or-no question over a set."""

    right: int
    false_alarms: int
    missed: int

    @property
    def precision(self) -> float:
        said = self.right + self.false_alarms
        return self.right / said if said else 1.0

    @property
    def recall(self) -> float:
        asked = self.right + self.missed
        return self.right / asked if asked else 1.0

    @property
    def f1(self) -> float:
        total = 2 * self.right + self.false_alarms + self.missed
        return 2 * self.right / total if total else 1.0

    def __str__(self) -> str:
        return (
            f"P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f}"
            f" ({self.right} right, {self.false_alarms} false alarms, {self.missed} missed)"
        )


def score(guesses: Sequence[bool], truths: Sequence[bool]) -> Score:
    """Compares guesses with the truth, pair by pair."""
    pairs = list(zip(guesses, truths, strict=True))
    return Score(
        right=sum(guess and truth for guess, truth in pairs),
        false_alarms=sum(guess and not truth for guess, truth in pairs),
        missed=sum(truth and not guess for guess, truth in pairs),
    )
