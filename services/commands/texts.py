"""`tag`: stories as JSON Lines in, their tags as JSON Lines out. No network, no database."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import typer

from services.commands.lines import Line, in_order, lines_of, opened
from services.commands.statuses import BAD_INPUT
from services.commands.unread import until_unread
from services.extract.lines import read_request, to_line
from services.extract.worker import load_worker, tag_in_worker
from shared.errors import InputError

File = Annotated[Path | None, typer.Argument(help="JSON Lines; standard input when absent or -")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, max=64, help="processes to use")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(tag)


def tag(file: File = None, jobs: Jobs = 1) -> None:
    """Tag stories: one line of JSON out for each line in, in the same order."""
    bad = 0
    with until_unread(), opened(file) as (source, stream):
        lines = _checked(source, stream)
        for answer in in_order(lines, _tag_lines, jobs=jobs, setup=load_worker, copies=True):
            if isinstance(answer, str):
                sys.stderr.write(answer + "\n")
                bad += 1
            else:
                sys.stdout.buffer.write(answer + b"\n")
                sys.stdout.buffer.flush()
    if bad:
        raise typer.Exit(BAD_INPUT)


def _checked(source: str, stream: BinaryIO) -> Iterator[Line | str]:
    for line in lines_of(source, stream):
        yield line if isinstance(line, Line) else line.detail


def _tag_lines(lines: list[Line | str]) -> list[bytes | str]:
    return [_tag_line(line) for line in lines]


def _tag_line(line: Line | str) -> bytes | str:
    if isinstance(line, str):
        return line
    try:
        request = read_request(line.content, line.number, line.source)
    except InputError as error:
        return error.detail
    return msgspec.json.encode(to_line(request.id, tag_in_worker(request)))
