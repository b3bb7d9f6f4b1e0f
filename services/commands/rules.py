"""`rules check`: whether the rules an analyst edited can be used, and what is wrong where."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.commands.unread import until_unread
from services.extract.rules.lexicon import FOLDER, Lexicon
from services.extract.rules.rule_check import check_rules
from services.extract.tagger import Tagger

family = typer.Typer(help="Rules: the words and weights by which stories are judged.", no_args_is_help=True)
Folder = Annotated[
    Path, typer.Argument(help="a folder of rules; the installed ones when absent", metavar="[FOLDER]")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(family, name="rules")


@family.callback()
def _family() -> None:
    """Rules: the words and weights by which stories are judged."""


@family.command()
def check(folder: Folder = FOLDER) -> None:
    """Check the rules; every mistake is one line with file and line on standard error, exit status 2."""
    check_rules(folder)
    tagger = Tagger.load(folder)
    with until_unread():
        for line in _lines(folder, tagger.lexicon, tagger.version):
            sys.stdout.write(f"{line}\n")


def _lines(folder: Path, lexicon: Lexicon, version: str) -> list[str]:
    names = [f"{feature.name}.{zone}" for feature in lexicon.features for zone in feature.zones]
    unweighted = [name for name in names if name not in lexicon.model.weights]
    counts = (
        f"{len(lexicon.entities):,} entities, {len(lexicon.terms):,} terms, {len(lexicon.labels)} labels,"
        f" {len(lexicon.features)} features, {len(lexicon.codes)} categories"
    )
    lines = [f"{folder}: no mistakes; version {version}", counts]
    if unweighted:
        lines.append(f"without a weight, so they count for nothing: {', '.join(unweighted)}")
    return lines
