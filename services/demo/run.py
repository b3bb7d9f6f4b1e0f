"""The demo: the sample archive through the whole pipeline, from HTTP feeds to a webhook receiver."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from services.api.__main__ import run as run_api
from services.api.sealing import SealingKeys
from services.demo.archive import Archive, load_archive
from services.demo.clock import ReplayClock
from services.demo.feeds import FeedServer
from services.demo.outcome import DemoOutcome, read_outcome
from services.demo.receiver import Receiver
from services.demo.registration import register
from services.demo.replay import CountingPublisher, Moment, Replay, changes
from services.extract.__main__ import open_explainer
from services.extract.__main__ import run as run_extract
from services.ingest.__main__ import build
from shared.errors import InputError, TransientError
from shared.runtime import Runtime, open_runtime, prepare
from shared.serving import listen
from shared.settings import Settings
from shared.store.stories import StoryStore
from shared.workers import WorkerPool

T = TypeVar("T")

STOPPED = "the replay was stopped before its end"

Progress = Callable[[Moment], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The archive, the loopback servers around the pipeline, and the settings that let it reach them."""

    archive: Archive
    clock: ReplayClock
    feeds: FeedServer
    receiver: Receiver
    settings: Settings


@asynccontextmanager
async def staged(environ: Mapping[str, str]) -> AsyncIterator[Stage]:
    """The servers up, and settings for a run of its own, which goes away unless servers are named."""
    archive = load_archive()
    clock = ReplayClock(changes(archive)[0][0] - timedelta(hours=1))
    with TemporaryDirectory(prefix="pactwatch-demo-") as folder:
        async with FeedServer(archive=archive, clock=clock) as feeds, Receiver() as receiver:
            yield Stage(
                archive=archive,
                clock=clock,
                feeds=feeds,
                receiver=receiver,
                settings=_settings(environ, Path(folder), feeds, receiver),
            )


def _settings(environ: Mapping[str, str], folder: Path, feeds: FeedServer, receiver: Receiver) -> Settings:
    own = {
        "PACTWATCH_STREAM": f"embedded:{folder / 'stream.db'}",
        "PACTWATCH_DATABASE": f"sqlite:///{folder / 'pactwatch.db'}",
        "PACTWATCH_SECRET_KEYS": SealingKeys.generate().keys[0],
        "PACTWATCH_API_PORT": "0",
        "PACTWATCH_LOG_LEVEL": "error",
        "PACTWATCH_LOG_FORMAT": "console",
    }
    needed = {
        "PACTWATCH_ALLOW_LOOPBACK": f"127.0.0.1:{feeds.port},127.0.0.1:{receiver.port}",
        "PACTWATCH_INGEST_PORT": "0",
        "PACTWATCH_EXTRACT_PORT": "0",
        "PACTWATCH_ARTICLES": "false",  # the sample outlets have no pages
    }
    return Settings.from_environ({**own, **environ, **needed})


async def run_demo(
    stage: Stage, *, progress: Progress, serve: Callable[[str, DemoOutcome], None] | None, stop: asyncio.Event
) -> DemoOutcome:
    """Replay the archive; with `serve` call it with the API's address at the end and stay up until `stop`.

    Raises TransientError when `stop` is set before the end.
    """
    began = time.monotonic()
    services_stop = asyncio.Event()
    async with open_runtime(stage.settings, clock=stage.clock) as runtime, open_explainer() as explainer:
        await prepare(runtime, stop)
        if stop.is_set():
            raise TransientError(STOPPED)
        await _require_empty(runtime)
        listener = listen(stage.settings.host, stage.settings.api_port)
        api = f"http://{stage.settings.host}:{listener.getsockname()[1]}"
        services = [
            asyncio.create_task(run_api(runtime, services_stop, explainer, listener)),
            asyncio.create_task(run_extract(runtime, services_stop)),
        ]
        stopping = asyncio.create_task(_stopped(stop))
        try:
            outcome = await _racing([*services, stopping], _replay(stage, runtime, api, progress, began))
            if serve is not None:
                serve(api, outcome)
                await _racing(services, stop.wait())
        finally:
            stopping.cancel()
            services_stop.set()
            await asyncio.gather(*services, return_exceptions=True)
    return outcome


async def _replay(stage: Stage, runtime: Runtime, api: str, progress: Progress, began: float) -> DemoOutcome:
    feeds = await register(api, stage.feeds, stage.archive, stage.receiver)
    publisher = CountingPublisher(await runtime.stream.publisher())
    workers = WorkerPool(workers=1)
    try:
        replay = Replay(
            archive=stage.archive,
            clock=stage.clock,
            database=runtime.database,
            publisher=publisher,
            feeds=feeds,
            poll_once=build(runtime, publisher, workers).poll_once,
        )
        async for moment in replay.run():
            progress(moment)
    finally:
        await workers.close()
        await publisher.close()
    return await read_outcome(runtime.database, stage.receiver, seconds=time.monotonic() - began)


async def _stopped(stop: asyncio.Event) -> None:
    await stop.wait()
    raise TransientError(STOPPED)


async def _racing(services: Sequence["asyncio.Task[None]"], work: Coroutine[object, object, T]) -> T:
    """The work's result. Raises a service's error at once, if one ends before the work does."""
    task = asyncio.ensure_future(work)
    await asyncio.wait([task, *services], return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        for service in services:
            if service.done():
                service.result()
        raise TransientError("a service ended before the replay did")
    return task.result()


async def _require_empty(runtime: Runtime) -> None:
    if await StoryStore(runtime.database).count():
        raise InputError("the demo needs an empty database, this one has stories")
