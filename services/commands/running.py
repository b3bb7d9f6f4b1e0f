"""`demo`, `up`, `ingest`, `extract`, `api`: what stays up until told to stop."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from services.api.__main__ import run as run_api
from services.commands.settings import read_settings, run
from services.demo.replay import changes
from services.demo.report import progress_bar, show
from services.demo.run import run_demo, staged
from services.extract.__main__ import open_explainer
from services.extract.__main__ import run as run_extract
from services.ingest.__main__ import run as run_ingest
from shared.lifecycle import live_together, stop_on_signals
from shared.log import configure_log
from shared.runtime import Runtime, open_runtime
from shared.settings import Settings

Service = Callable[[Runtime, asyncio.Event], Coroutine[object, object, None]]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (demo, up, ingest, extract, api):
        app.command()(command)


def demo(
    serve: Annotated[bool, typer.Option("--serve", help="leave the API up at the end")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="end with one line of JSON")] = False,
) -> None:
    """Replay the sample archive through the whole pipeline and show what was alerted."""
    run(_demo(serve=serve, as_json=as_json))


async def _demo(*, serve: bool, as_json: bool) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    console = Console(stderr=as_json, highlight=False)
    configure_log(level="error", form="console", libraries="critical")  # until the settings are read
    async with staged(os.environ) as stage:
        configure_log(level=stage.settings.log_level, form=stage.settings.log_format, libraries="critical")
        with progress_bar(console, len(changes(stage.archive))) as moved:
            outcome = await run_demo(
                stage,
                progress=moved,
                stop=stop,
                serve=(lambda api, found: show(console, found, api)) if serve else None,
            )
        if not serve:
            show(console, outcome, None)
    if as_json:
        typer.echo(msgspec.json.encode(outcome.summary()).decode())


def up() -> None:
    """Run all services in one process, on live feeds."""
    run(_serve(read_settings(), run_ingest, run_extract, _run_api))


def ingest() -> None:
    """Run the ingest service."""
    run(_serve(read_settings(), run_ingest))


def extract() -> None:
    """Run the extract service."""
    run(_serve(read_settings(), run_extract))


def api() -> None:
    """Run the api service."""
    run(_serve(read_settings(), _run_api))


async def _run_api(runtime: Runtime, stop: asyncio.Event) -> None:
    async with open_explainer() as explainer:
        await run_api(runtime, stop, explainer)


async def _serve(settings: Settings, *services: Service) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with open_runtime(settings) as runtime:
        await live_together(stop, *(service(runtime, stop) for service in services))
