"""`feeds import, export, list, check, parse`: what is watched, how well, and what a feed gives."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from services.commands import feed_trials
from services.commands.feed_lines import HEALTH_COLUMNS, JsonLines, health_json, health_lines, health_rows
from services.commands.settings import read_settings_to_answer, run
from services.commands.statuses import BAD_INPUT
from services.commands.terminal_rows import print_rows
from services.commands.unread import until_unread
from services.ingest.operations.files import content_of
from services.ingest.operations.importing import ImportPlan, plan_import
from services.ingest.opml import LARGEST, OpmlReading, read_opml, write_opml
from shared.db import Database
from shared.errors import InputError
from shared.http.addresses import AddressPolicy, check_url
from shared.migrate import upgrade
from shared.model.feed import Feed, FeedState
from shared.model.times import utc_now
from shared.runtime import open_database
from shared.settings import Settings
from shared.store.feed_states import FeedStateStore
from shared.store.feeds import FeedStore

PAGE = 500
TITLE = "Pactwatch feeds"
NOTHING_WATCHED = "no feeds are watched; `pactwatch feeds import FILE` takes in a list\n"

T = TypeVar("T")
family = typer.Typer(help="Feeds: what is watched, and how well.", no_args_is_help=True)
Listed = Annotated[str, typer.Argument(help="OPML", metavar="FILE")]
Output = Annotated[Path | None, typer.Option("--output", help="write there instead of printing")]
Sources = Annotated[list[str], typer.Argument(help="files or addresses", metavar="FILE|URL...")]
Checked = Annotated[
    list[str] | None,
    typer.Argument(
        help="OPML files, feeds in files, addresses; without any, all that is watched",
        metavar="[FILE|URL...]",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(family, name="feeds")


@family.command()
def parse(sources: Sources) -> None:
    """Print the entries of feeds as they would be published, as JSON Lines; a summary per feed on stderr."""
    with until_unread():
        if run(feed_trials.parse(read_settings_to_answer(), sources)):
            raise typer.Exit(BAD_INPUT)


@family.command()
def check(sources: Checked = None, as_json: JsonLines = False) -> None:
    """Try feeds, and show for each what it gives, or why it gives nothing, and what to do about it.

    Exit status 1 if one of them gives nothing or only part of a document.
    """
    settings = read_settings_to_answer()
    addresses, faults = feed_trials.addresses_in(sources) if sources else ([], [])
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    if not sources:
        watched = run(_with_database(settings, lambda database: _all(FeedStore(database))))
        addresses = [feed.url for feed in watched if feed.enabled]
        if not addresses:
            sys.stderr.write(NOTHING_WATCHED)
    with until_unread():
        status = run(feed_trials.check(settings, addresses, Console(highlight=False), as_json=as_json))
        if status or faults:
            raise typer.Exit(BAD_INPUT if faults else status)


@family.command("import")
def import_feeds(file: Listed) -> None:
    """Watch every feed an OPML file lists; what it says of those watched already is taken over.

    What it does not say stays, and so does the outlet of a watched feed.
    """
    settings = read_settings_to_answer()
    reading = _read_list(file, AddressPolicy.named(endpoints=settings.loopback_endpoints))
    plan = run(_with_database(settings, lambda database: _import(FeedStore(database), reading)))
    with until_unread():
        typer.echo(f"{len(plan.new)} new, {len(plan.updated)} updated, {plan.unchanged} unchanged")
    for fault in (*reading.faults, *plan.faults):
        sys.stderr.write(f"{file}: {fault}\n")
    if reading.faults or plan.faults:
        raise typer.Exit(BAD_INPUT)


@family.command("export")
def export_feeds(output: Output = None) -> None:
    """Print the watched feeds as OPML, in order of outlets, or write them to a file."""
    feeds = run(_with_database(read_settings_to_answer(), lambda database: _all(FeedStore(database))))
    document = write_opml(feeds, title=TITLE)
    if output is None:
        with until_unread():
            sys.stdout.buffer.write(document)
        return
    try:
        output.write_bytes(document)
    except OSError as error:
        raise InputError(f"{output}: {error.strerror}") from error


@family.command("list")
def list_feeds(as_json: JsonLines = False) -> None:
    """Print the watched feeds with their health: state, for how long, and why."""
    found = run(_with_database(read_settings_to_answer(), _states))
    console = Console(highlight=False)
    if not found:
        sys.stderr.write(NOTHING_WATCHED)
    elif console.is_terminal and not as_json:
        rows = list(health_rows(found, utc_now()))
        print_rows(console, HEALTH_COLUMNS, rows, right=frozenset({"for"}))
    else:
        with until_unread():
            for line in map(health_json, found) if as_json else health_lines(found, utc_now()):
                sys.stdout.write(line + "\n")


def _read_list(file: str, policy: AddressPolicy) -> OpmlReading:
    """The feeds that may be watched: as the api does, it refuses an address that would never be dialled."""
    try:
        return read_opml(content_of(file, LARGEST), lambda url: check_url(url, policy))
    except InputError as error:
        raise InputError(f"{file or repr(file)}: {error.detail}") from error


async def _import(store: FeedStore, reading: OpmlReading) -> ImportPlan:
    plan = plan_import(reading.listed, {feed.id: feed for feed in await _all(store)})
    await store.take_in(plan.new, plan.updated, utc_now())
    return plan


async def _states(database: Database) -> list[tuple[Feed, FeedState | None]]:
    feeds = await _all(FeedStore(database))
    states = await FeedStateStore(database).states([feed.id for feed in feeds])
    return [(feed, states.get(feed.id)) for feed in feeds]


async def _all(store: FeedStore) -> tuple[Feed, ...]:
    """Every watched feed, in the order in which people look for them."""
    found: list[Feed] = []
    while page := await store.list(found[-1].id if found else None, PAGE):
        found.extend(page)
    return tuple(sorted(found, key=lambda feed: (feed.outlet.casefold(), feed.name, feed.url)))


async def _with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    database = open_database(settings)
    try:
        await upgrade(database)
        return await work(database)
    finally:
        await database.close()
