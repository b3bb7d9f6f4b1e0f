"""`why`: everything for and against a story, relevant or not, under the rules of now."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from services.commands.explanation_view import show_explanation
from services.commands.lines import lines_of, opened
from services.commands.statuses import BAD_INPUT
from services.commands.stored_stories import stored_stories
from services.commands.unread import until_unread
from services.extract.explaining.explainer import explain_line, explain_stored
from services.extract.lines import TagRequest, read_request
from shared.errors import InputError
from shared.model.explanation import Explanation

StoryId = Annotated[str | None, typer.Argument(help="a stored story's id", metavar="[STORY_ID]")]
FromFile = Annotated[
    Path | None,
    typer.Option("--file", help="JSON Lines as `tag` reads them, - for standard input", metavar="FILE"),
]
AsJson = Annotated[bool, typer.Option("--json", help="one line of JSON for each story")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(why)


def why(story_id: StoryId = None, file: FromFile = None, as_json: AsJson = False) -> None:
    """Show everything for and against a story: the stored one of that id, or those of a file.

    With both, only the story of that id is taken from the file.
    """
    with until_unread():
        if file is not None:
            if _explain_file(file, story_id, as_json=as_json):
                raise typer.Exit(BAD_INPUT)
        elif story_id is not None:
            _show(_stored(story_id), as_json=as_json)
        else:
            raise InputError("expected the id of a story, or --file FILE")


def _stored(story_id: str) -> Explanation:
    """Raises InputError when no such story is stored."""
    with stored_stories() as stories:
        found = stories.get(story_id)
    if found is None:
        raise InputError(f"no story {story_id[:80]!r} is stored")
    return explain_stored(found)


def _explain_file(file: Path, wanted: str | None, *, as_json: bool) -> int:
    """Shows its stories, and how many mistakes there were, each told on standard error."""
    mistakes, shown = 0, 0
    for read in _requests(file):
        if isinstance(read, InputError):
            sys.stderr.write(f"{read.detail}\n")
            mistakes += 1
        elif wanted is None or read.id == wanted:
            if shown and not as_json:
                sys.stdout.write("\n")
            _show(explain_line(read), as_json=as_json)
            shown += 1
    if wanted is not None and not shown:
        raise InputError(f"{file}: no story {wanted[:80]!r}")
    return mistakes


def _requests(file: Path) -> Iterator[TagRequest | InputError]:
    with opened(file) as (source, stream):
        for line in lines_of(source, stream):
            if isinstance(line, InputError):
                yield line
                continue
            try:
                yield read_request(line.content, line.number, line.source)
            except InputError as error:
                yield error


def _show(explanation: Explanation, *, as_json: bool) -> None:
    if as_json:
        values = {"rules_changed": explanation.rules_changed, **msgspec.to_builtins(explanation)}
        sys.stdout.write(msgspec.json.encode(values).decode() + "\n")
    else:
        show_explanation(Console(highlight=False), explanation)
    sys.stdout.flush()
