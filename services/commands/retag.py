"""`retag`: replays stored stories through the rules and shows what would change. It writes nothing."""

import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from services.commands.change_view import change_lines, summary
from services.commands.lines import in_order
from services.commands.since import moment
from services.commands.stored_stories import stored_stories
from services.commands.unread import until_unread
from services.extract.explaining.retagging import Change, Retagger
from services.extract.rules.lexicon import FOLDER
from shared.model.tag import TaggedStory
from shared.model.times import utc_now

Since = Annotated[
    str,
    typer.Option(
        "--since", help="first seen since then: 2024-10-21, a time, or an age as 7d", metavar="WHEN"
    ),
]
Rules = Annotated[Path, typer.Option("--rules", help="a folder of edited rules to try", metavar="FOLDER")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, max=64, help="processes to use")]
AsJson = Annotated[bool, typer.Option("--json", help="one line of JSON for each change")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(retag)


def retag(since: Since, rules: Rules = FOLDER, jobs: Jobs = 1, as_json: AsJson = False) -> None:
    """Show which stored stories the rules of now would judge otherwise; nothing is written."""
    start = moment(since, utc_now())
    _loaded(rules)  # a mistake in them is told before anything starts
    counts: Counter[str] = Counter()
    console = Console(highlight=False)
    with until_unread(), stored_stories() as stories:
        for change in _changes(stories.since(start), rules, jobs):
            counts["same" if change is None else change.kind] += 1
            if change is None:
                continue
            if as_json:
                sys.stdout.write(msgspec.json.encode(change).decode() + "\n")
                sys.stdout.flush()
            else:
                for line in change_lines(change, console.width):
                    console.print(line, soft_wrap=True)
        told = summary(counts, since=start, version=_loaded(rules).version)
        (sys.stderr if as_json else sys.stdout).write(f"{told}\n")


def _changes(stories: Iterator[TaggedStory], rules: Path, jobs: int) -> Iterator[Change | None]:
    return in_order(stories, partial(_compare, rules), jobs=jobs, setup=partial(_loaded, rules))


@cache
def _loaded(rules: Path) -> Retagger:
    """This process's own: a pool hands its workers plain functions and picklable arguments only."""
    return Retagger.load(rules)


def _compare(rules: Path, stories: list[TaggedStory]) -> list[Change | None]:
    return [_loaded(rules).compare(tagged) for tagged in stories]
