"""`make bench`: prints a table of medians and ratios. Nothing is asserted: machines differ."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from tests.bench.cases import cases
from tests.bench.measure import ROUNDS, measure


def main() -> int:
    """Measure every case."""
    table = Table(title=f"Processor time, medians of {ROUNDS} rounds", title_justify="left")
    for heading in ("what", "ms each", "baseline", "ms each", "ratio"):
        table.add_column(heading)
    with TemporaryDirectory() as folder:
        for case in cases(Path(folder)):
            found = measure(case)
            table.add_row(
                case.name,
                f"{found.ours_ms:.3f}",
                case.baseline_name,
                f"{found.baseline_ms:.3f}",
                f"{found.ratio:.1f}",
            )
    Console(width=140).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
