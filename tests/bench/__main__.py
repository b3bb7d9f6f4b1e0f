"""`make bench`: prints tables of medians and ratios. Nothing is asserted: machines differ.

python -m tests.bench                  everything
python -m tests.bench parts            the parts of the pipeline, each against a baseline
python -m tests.bench polling [KIND…]  polls, against lemon24/reader; not_modified, same, small, large
python -m tests.bench scale            polls by number of feeds: cost, memory, lateness
python -m tests.bench tagging          stories tagged, against spaCy's tokenizer and PhraseMatcher
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
from tests.bench.tagging.running import tagging

WIDTH = 140
INTERRUPTED = 130


def main(words: Sequence[str]) -> int:
    """Measure what the words name, or everything; 2 for a word that names nothing, 130 when interrupted."""
    console = Console(width=WIDTH, highlight=False)
    try:
        return _measure(words, console)
    except KeyboardInterrupt:
        console.print("Interrupted.", style="red")
        return INTERRUPTED


def _measure(words: Sequence[str], console: Console) -> int:
    match words:
        case []:
            parts(console)
            polling(console)
            scaling(console)
            tagging(console)
        case ["parts"]:
            parts(console)
        case ["polling", *kinds]:
            polling(console, frozenset(kinds))
        case ["scale"]:
            scaling(console)
        case ["tagging"]:
            tagging(console)
        case _:
            console.print(__doc__)
            return 2
    return 0


def parts(console: Console) -> None:
    """Every part of the pipeline against its baseline."""
    table = Table(title=f"Processor time, medians of {ROUNDS} rounds", title_justify="left")
    for heading in ("what", "ms each", "baseline", "ms each", "of the baseline"):
        table.add_column(
            heading, justify="left" if heading in ("what", "baseline") else "right", no_wrap=True
        )
    with TemporaryDirectory() as folder:
        for case in cases(Path(folder)):
            found = measure(case)
            table.add_row(
                case.name,
                f"{found.ours_ms:.3f}",
                case.baseline_name,
                f"{found.baseline_ms:.3f}",
                f"{found.ratio:.1f}×",
            )
    console.print(table)
    console.print()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
