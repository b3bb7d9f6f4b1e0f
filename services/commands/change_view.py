"""What other rules would change, as a person reads it on a terminal."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from rich.text import Text

from services.commands.columns import rows_of_lines
from services.commands.wording import plain, plain_title
from services.extract.explaining.retagging import Change, ChangeKind
from shared.model.explanation import Verdict

_STYLES: Final[Mapping[ChangeKind, str]] = {
    "gained": "green",
    "lost": "red",
    "categories": "yellow",
    "tier": "yellow",
}
_WORDS: Final = {
    "gained": "gained",
    "lost": "lost",
    "categories": "with other categories",
    "tier": "with another tier",
    "same": "the same",
}


def change_lines(change: Change, width: int) -> Iterator[Text]:
    """What changed, of which story, from what to what; below it the title and each reason."""
    line = Text(f"{change.kind:<10}", style="bold").append(
        f" {_short(change.before)} → {_short(change.after)}  {change.id}", style="not bold"
    )
    line.stylize(_STYLES[change.kind], 0, len(change.kind))
    yield line
    rows = [("", plain_title(change.title))]
    if change.added or change.removed:
        names = [*(f"+{name}" for name in change.added), *(f"−{name}" for name in change.removed)]
        rows.append(("", " ".join(names)))
    rows += [("→", plain(reason)) for reason in change.because]
    for row in rows:
        yield from rows_of_lines([row], width)


def summary(counts: Mapping[str, int], *, since: datetime, version: str) -> str:
    """One line over all: how many of each."""
    total = sum(counts.values())
    stories = f"{total:,} {'story' if total == 1 else 'stories'} first seen since {since:%Y-%m-%d %H:%M} UTC"
    amounts = (f"{counts.get(kind, 0):,} {words}" for kind, words in _WORDS.items())
    return f"{stories}, by rules {version}: {', '.join(amounts)}; nothing was written"


def _short(verdict: Verdict) -> str:
    return f"{verdict.score:.2f} {verdict.tier}"
