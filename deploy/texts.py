"""What the scripts tell a person."""

from collections.abc import Sequence
from pathlib import Path


def boxed(title: str, lines: Sequence[str]) -> str:
    """A message that nobody overlooks in a long output: a frame around a title and lines."""
    rows = [title, *lines]
    width = max(map(len, rows))
    edge = "═" * (width + 2)
    body = "\n".join(f"║ {row.ljust(width)} ║" for row in rows)
    return f"╔{edge}╗\n{body}\n╚{edge}╝"


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log for an error message; empty when there is no such file."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""
