"""Polling, side by side with lemon24/reader, and how its cost grows."""

from collections.abc import Callable
from time import monotonic

from rich.console import Console

from tests.bench.polling.contestants import open_origin
from tests.bench.polling.parts import BOUTS, HOSTS, SCALES, bout, scale
from tests.bench.polling.report import show_bouts, show_lateness, show_scales


def polling(console: Console, kinds: frozenset[str] = frozenset()) -> None:
    """Every kind of feed, or the named ones, against the rival."""
    say = _progress(console)
    with open_origin(HOSTS) as port:
        bouts = [bout(kind, feeds, port, say) for kind, feeds in BOUTS if not kinds or kind in kinds]
    show_bouts(console, bouts)


def scaling(console: Console) -> None:
    """Cost, memory and lateness as feeds grow."""
    say = _progress(console)
    scales = [
        scale(feeds, say, with_rival=feeds >= HOSTS, with_lateness=feeds == SCALES[-1]) for feeds in SCALES
    ]
    show_scales(console, scales)
    show_lateness(console, scales[-1].lateness)


def _progress(console: Console) -> Callable[[str], None]:
    began = monotonic()
    return lambda words: console.print(f"{monotonic() - began:5.0f} s  {words}", style="dim")
