"""What `why` and `retag` print, kept as seen on terminals of two widths; one with colours shows the same."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from services.commands.change_view import change_lines
from services.commands.explanation_view import show_explanation
from tests.golden.explanations import CHANGES, IRRELEVANT, RELEVANT

HERE = Path(__file__).parent / "terminal"


def _show_changes(console: Console) -> None:
    for change in CHANGES:
        for line in change_lines(change, console.width):
            console.print(line, soft_wrap=True)


SHOWN: dict[str, Callable[[Console], None]] = {
    "why-irrelevant": lambda console: show_explanation(console, IRRELEVANT),
    "why-relevant": lambda console: show_explanation(console, RELEVANT),
    "retag": _show_changes,
}


def printed(name: str, width: int) -> str:
    out = StringIO()
    SHOWN[name](Console(file=out, width=width, highlight=False))
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", SHOWN)
def test_the_output_is_what_was_seen_and_approved(name: str, width: int) -> None:
    assert printed(name, width) == (HERE / f"{name}-{width}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [20, 40, 79, 80, 120, 200])
@pytest.mark.parametrize("name", SHOWN)
def test_no_control_character_gets_through_and_no_line_ends_in_a_space(name: str, width: int) -> None:
    lines = printed(name, width).split("\n")
    assert not any(ord(character) < 32 or character == "\x7f" for line in lines for character in line)
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("width", [79, 80, 120])
def test_no_line_of_an_explanation_is_wider_than_the_terminal(width: int) -> None:
    assert max(cell_len(line) for line in printed("why-irrelevant", width).split("\n")) <= width
