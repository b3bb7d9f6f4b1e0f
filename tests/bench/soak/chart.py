"""A chart of numbers over time, in characters."""

from collections.abc import Sequence
from typing import Final

WIDTH: Final = 100
_BARS: Final = "▁▂▃▄▅▆▇█"


def chart(title: str, values: Sequence[float], unit: str) -> str:
    """One line of bars from zero to the highest value, each the highest of its stretch of time."""
    most = max(values, default=0.0)
    step = max(1, -(-len(values) // WIDTH))
    peaks = [max(values[start : start + step]) for start in range(0, len(values), step)]
    bars = "".join(_BARS[round(peak / most * (len(_BARS) - 1)) if most else 0] for peak in peaks)
    first, last = (values[0], values[-1]) if values else (0.0, 0.0)
    return f"{title}, {unit}: first {first:,.0f}, last {last:,.0f}, most {most:,.0f}\n{bars}"
