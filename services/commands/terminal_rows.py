"""Rows for a terminal: columns under a header, and below each row an address that stays whole.

An address folded inside a column cannot be copied; on a line of its own the terminal wraps it, and copies it
as one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from services.ingest.characters import without_control

_GAP: Final = "  "


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Cells of one line, the first in `style`; below it `address`, and `notes` of what to know about it."""

    cells: tuple[str, ...]
    style: str
    address: str
    notes: tuple[str, ...] = ()


def print_rows(console: Console, names: Sequence[str], rows: Sequence[Row], *, right: frozenset[str]) -> None:
    """Under the names of the columns; those in `right` are set to the right."""
    for line in lines_of(names, rows, right=right):
        console.print(line, soft_wrap=True)


def lines_of(names: Sequence[str], rows: Sequence[Row], *, right: frozenset[str]) -> Iterator[Text]:
    """The lines that `print_rows` prints."""
    table = [tuple(names), *(row.cells for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    rightward = [name in right for name in names]
    yield Text(_line(table[0], widths, rightward), style="bold")
    for row in rows:
        line = Text(_line(row.cells, widths, rightward))
        line.stylize(row.style, 0, len(row.cells[0]))
        yield line
        yield Text(_GAP + without_control(row.address))
        for note in row.notes:
            yield Text(f"{_GAP}→ {without_control(note)}", style="italic")


def _line(cells: Sequence[str], widths: Sequence[int], rightward: Sequence[bool]) -> str:
    set_cells = (_set(*each) for each in zip(cells, widths, rightward, strict=True))
    return _GAP.join(set_cells).rstrip()


def _set(cell: str, width: int, rightward: bool) -> str:
    return " " * (width - cell_len(cell)) + cell if rightward else set_cell_size(cell, width)
