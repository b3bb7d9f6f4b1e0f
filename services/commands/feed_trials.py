"""Reading feeds for a person: their entries as JSON Lines, or a checkup of each."""

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
from rich.console import Console

from services.commands.feed_lines import checkup_json, checkup_line
from services.commands.feed_table import live_table
from services.commands.statuses import BAD_INPUT
from services.ingest.operations.checking import Checker, Checkup, Seen, compared
from services.ingest.operations.files import file_fault, file_of, is_address
from services.ingest.operations.preview import FeedPreview, Previewer
from services.ingest.operations.sources import SourceReader
from services.ingest.opml import LARGEST, OpmlReading, read_opml
from services.ingest.policy import WORKER_MEMORY_BYTES, IngestPolicy
from shared.errors import InputError
from shared.runtime import Runtime, open_runtime
from shared.settings import Settings
from shared.workers import WorkerPool

_HEAD_BYTES = 4096


async def parse(settings: Settings, sources: Sequence[str]) -> int:
    """Show every source as soon as it is read; how many could not be."""
    failed = 0
    async with open_runtime(settings) as runtime:
        workers = WorkerPool(workers=1, memory_bytes=WORKER_MEMORY_BYTES)
        previewer = Previewer(reader=_reader(runtime, workers), clock=runtime.clock)
        try:
            async for preview in previewer.preview(sources):
                _print_entries(preview)
                failed += preview.failed
        finally:
            await workers.close()
    return failed


async def check(settings: Settings, sources: Sequence[str], console: Console, *, as_json: bool) -> int:
    """Show a checkup of every source: a table that grows on a terminal, else lines in the order of the
    sources. The exit status: 0 if all are well."""
    found: list[Checkup] = []
    async with open_runtime(settings) as runtime:
        workers = WorkerPool(workers=settings.workers, memory_bytes=WORKER_MEMORY_BYTES)
        pause = timedelta(seconds=settings.domain_pause_seconds)
        checker = Checker(reader=_reader(runtime, workers), clock=runtime.clock, pause=pause)
        try:
            if console.is_terminal and not as_json:
                with live_table(console, len(sources), runtime.clock) as seen:
                    await checker.check(sources, _both(seen, found))
            else:
                await checker.check(sources, _both(_in_order(runtime, as_json=as_json), found))
        finally:
            await workers.close()
    if any(checkup.status == "unreadable" for checkup in found):
        return BAD_INPUT
    return int(any(checkup.failed for checkup in found))


def addresses_in(sources: Sequence[str]) -> tuple[list[str], list[str]]:
    """The sources with lists of feeds replaced by what they list, each once, and what is wrong with them."""
    found: dict[str, None] = {}
    faults: list[str] = []
    for source in sources:
        try:
            listed = None if is_address(source) else _listed(file_of(source))
        except InputError as error:
            faults.append(f"{source or repr(source)}: {error.detail}")
            continue
        if listed is None:
            found.setdefault(source)
            continue
        faults += [f"{source}: {fault}" for fault in listed.faults]
        found.update(dict.fromkeys(feed.url for feed in listed.listed))
    return list(found), faults


def _listed(file: Path) -> OpmlReading | None:
    """What an OPML file lists; None for any other file."""
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD_BYTES)
            if file.suffix.lower() != ".opml" and b"<opml" not in head.lower():
                return None
            return read_opml(head + opened.read(LARGEST))
    except OSError as error:
        raise InputError(file_fault(error)) from error


def _reader(runtime: Runtime, workers: WorkerPool) -> SourceReader:
    policy = IngestPolicy(oldest=runtime.settings.max_entry_age)
    return SourceReader(client=runtime.http, workers=workers, clock=runtime.clock, policy=policy)


def _in_order(runtime: Runtime, *, as_json: bool) -> Seen:
    """Prints a line for each source, in the order of the sources, as soon as all before it are there."""
    waiting: dict[int, Checkup] = {}
    earlier: dict[str, str] = {}
    printed = 0

    def seen(place: int, checkup: Checkup) -> None:
        nonlocal printed
        waiting[place] = checkup
        while printed in waiting:
            shown = compared(waiting.pop(printed), earlier)
            line = checkup_json(shown) if as_json else checkup_line(shown, runtime.clock())
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
            printed += 1

    return seen


def _both(seen: Seen, found: list[Checkup]) -> Seen:
    def kept(place: int, checkup: Checkup) -> None:
        found.append(checkup)
        seen(place, checkup)

    return kept


def _print_entries(preview: FeedPreview) -> None:
    for entry in preview.entries:
        sys.stdout.buffer.write(msgspec.json.encode(entry) + b"\n")
    sys.stdout.buffer.flush()
    sys.stderr.write(preview.summary + "\n")
