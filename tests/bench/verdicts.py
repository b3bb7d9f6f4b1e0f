"""Aims of the bench, and whether a figure reaches them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Not to be passed from above (`most`) or from below (`least`), in units of `unit`."""

    least: float | None = None
    most: float | None = None
    unit: str = "×"

    def __str__(self) -> str:
        bounds = ((self.least, "≥"), (self.most, "≤"))
        return " ".join(f"{sign} {bound:g}{self.unit}" for bound, sign in bounds if bound is not None)

    def verdict(self, *figures: float) -> str:
        """`reached` if every figure is within the aim, as exact as it was measured, else `short`."""
        reached = all(self._holds(figure) for figure in figures)
        return "[green]reached[/]" if reached else "[red]short[/]"

    def _holds(self, figure: float) -> bool:
        above = self.least is None or figure >= self.least
        return above and (self.most is None or figure <= self.most)
