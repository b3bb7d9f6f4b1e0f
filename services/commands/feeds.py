"""`feeds parse, import, export, check, list`: what is watched, and what a feed gives."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from services.commands.settings import read_settings, run
from services.commands.statuses import BAD_INPUT
from services.ingest.__main__ import policy_of
from services.ingest.opml import read_opml, write_opml
from services.ingest.preview import FeedPreview, Previewer
from shared.errors import InputError
from shared.migrate import upgrade
from shared.model.feed import Feed, FeedState
from shared.model.times import utc_now
from shared.runtime import open_database, open_runtime
from shared.settings import Settings
from shared.store.feeds import FeedStore
from shared.workers import WorkerPool

PAGE = 500

T = TypeVar("T")
family = typer.Typer(help="Feeds: what is watched, and how well.", no_args_is_help=True)
Sources = Annotated[list[str], typer.Argument(help="files or addresses", metavar="FILE|URL...")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(family, name="feeds")


@family.command()
def parse(sources: Sources) -> None:
    """Print the entries of feeds as they would be published, as JSON Lines; a summary per feed on stderr."""
    if run(_preview(read_settings(), sources, _print_entries)):
        raise typer.Exit(BAD_INPUT)


@family.command()
def check(sources: Sources) -> None:
    """Try feeds and print one line for each: what it gives, or why it gives nothing."""
    if run(_preview(read_settings(), sources, _print_verdict)):
        raise typer.Exit(1)


async def _preview(settings: Settings, sources: list[str], show: Callable[[FeedPreview], None]) -> int:
    """Show every source as soon as it is read; how many could not be."""
    failed = 0
    async with open_runtime(settings) as runtime:
        workers = WorkerPool(workers=1)
        previewer = Previewer(
            client=runtime.http, workers=workers, clock=runtime.clock, policy=policy_of(settings)
        )
        try:
            async for preview in previewer.preview(sources):
                show(preview)
                failed += preview.failed
        finally:
            await workers.close()
    return failed


def _print_entries(preview: FeedPreview) -> None:
    for entry in preview.entries:
        sys.stdout.buffer.write(msgspec.json.encode(entry) + b"\n")
    sys.stdout.buffer.flush()
    sys.stderr.write(preview.summary + "\n")


def _print_verdict(preview: FeedPreview) -> None:
    typer.echo(f"{'failed' if preview.failed else 'ok':<7}{preview.summary}")


@family.command("import")
def import_feeds(file: Annotated[Path, typer.Argument(help="OPML")]) -> None:
    """Watch every feed an OPML file lists; those watched already stay as they are."""
    reading = read_opml(_content(file))
    added = run(_with_store(read_settings(), lambda store: _add(store, reading.feeds)))
    typer.echo(f"{len(reading.feeds)} feeds listed, {added} new")
    for fault in reading.faults:
        sys.stderr.write(f"{file}: {fault}\n")
    if reading.faults:
        raise typer.Exit(BAD_INPUT)


async def _add(store: FeedStore, feeds: tuple[Feed, ...]) -> int:
    before = {feed.id for feed in await _all(store)}
    for feed in feeds:
        await store.add(feed, utc_now())
    return len({feed.id for feed in await _all(store)} - before)


@family.command("export")
def export_feeds() -> None:
    """Print the watched feeds as OPML."""
    feeds = run(_with_store(read_settings(), _all))
    sys.stdout.buffer.write(write_opml(feeds, title="Pactwatch feeds"))


@family.command("list")
def list_feeds() -> None:
    """Print the watched feeds with their health, one line each."""
    for feed, state in run(_with_store(read_settings(), _states)):
        outcome = "never polled" if state is None else state.last_outcome or "never polled"
        error = "" if state is None or not state.last_error else f" ({state.last_error})"
        typer.echo(f"{outcome:<16}{feed.language or '-':<4}{feed.outlet}  {feed.url}{error}")


async def _states(store: FeedStore) -> list[tuple[Feed, FeedState | None]]:
    feeds = await _all(store)
    states = await store.states([feed.id for feed in feeds])
    return [(feed, states.get(feed.id)) for feed in feeds]


async def _all(store: FeedStore) -> tuple[Feed, ...]:
    found: list[Feed] = []
    while page := await store.list(found[-1].id if found else None, PAGE):
        found.extend(page)
    return tuple(found)


async def _with_store(settings: Settings, work: Callable[[FeedStore], Awaitable[T]]) -> T:
    database = open_database(settings)
    try:
        await upgrade(database)
        return await work(FeedStore(database))
    finally:
        await database.close()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
