"""`make bench`: prints tables of medians and ratios. Nothing is asserted: machines differ.

python -m tests.bench                  everything
python -m tests.bench parts            the parts of the pipeline, each against a baseline
python -m tests.bench polling [KIND…]  polls, against lemon24/reader; not_modified, same, small, large
python -m tests.bench scale            polls by number of feeds: cost, memory, lateness
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from tests.bench.cases import cases
from tests.bench.measure import ROUNDS, measure
from tests.bench.polling.running import polling, scaling

WIDTH = 140


def main(words: Sequence[str]) -> int:
    """Measure what the words name, or everything; 2 for a word that names nothing."""
    console = Console(width=WIDTH, highlight=False)
    match words:
        case []:
            parts(console)
            polling(console)
            scaling(console)
        case ["parts"]:
            parts(console)
        case ["polling", *kinds]:
            polling(console, frozenset(kinds))
        case ["scale"]:
            scaling(console)
        case _:
            console.print(__doc__)
            return 2
    return 0


def parts(console: Console) -> None:
    """Every part of the pipeline against its baseline."""
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
    console.print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
