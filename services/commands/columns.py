"""Rows in columns, of which the last wraps within the width that is left; no line ends in spaces."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

Row = tuple[str, ...]

_INDENT: Final = "  "
_GAP: Final = "  "
_NARROWEST: Final = 24


def rows_of_lines(rows: Sequence[Row], width: int) -> Iterator[Text]:
    """The lines of rows that have the same number of cells.

    Where less than 24 columns would be left for the last cell it stands on lines of its own below.
    """
    before = [max(map(cell_len, column)) for column in list(zip(*rows, strict=True))[:-1]]
    for row in rows:
        cells = [set_cell_size(cell, size) for cell, size in zip(row, before, strict=False)]
        head = _INDENT + "".join(cell + _GAP for cell, size in zip(cells, before, strict=True) if size)
        left = width - cell_len(head)
        if left < _NARROWEST:
            yield Text(head.rstrip())
            head, left = _INDENT * 3, max(width - 6, 1)
        for line in wrapped(Text(row[-1]), left):
            yield Text((head + line.plain).rstrip())
            head = " " * cell_len(head)


def wrapped(text: Text, width: int) -> list[Text]:
    """The text in lines of at most that width, none of which ends in spaces; one empty line for no text."""
    lines = list(text.wrap(Console(width=width), width)) or [Text("")]
    for line in lines:
        line.rstrip()
    return lines
