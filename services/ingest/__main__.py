"""The ingest service: feeds are polled and their stories published."""

import asyncio
from datetime import timedelta

from services.ingest.policy import IngestPolicy
from services.ingest.poller import IngestParts, Poller
from shared.lifecycle import live_together
from shared.patience import Patience
from shared.ports import Publisher
from shared.runtime import Runtime, prepare, serve_probes
from shared.settings import Settings
from shared.store.feeds import FeedStore
from shared.workers import WorkerPool

WORKER_MEMORY_BYTES = 2 * 1024**3


def policy_of(settings: Settings) -> IngestPolicy:
    """What the operator set. Raises SettingsError."""
    return IngestPolicy(
        interval=timedelta(seconds=settings.poll_seconds),
        shortest=timedelta(seconds=settings.poll_floor_seconds),
        longest=timedelta(seconds=max(3600, settings.poll_seconds)),
        oldest=settings.max_entry_age,
    )


def build(runtime: Runtime, publisher: Publisher, workers: WorkerPool) -> Poller:
    """A poller on the runtime's engines. Raises SettingsError."""
    parts = IngestParts(
        store=FeedStore(runtime.database),
        publisher=publisher,
        client=runtime.http,
        workers=workers,
        metrics=runtime.metrics,
        clock=runtime.clock,
        random=runtime.random,
    )
    return Poller(parts, policy_of(runtime.settings))


async def run(runtime: Runtime, stop: asyncio.Event) -> None:
    """Poll until `stop` is set."""
    await live_together(stop, serve_probes(runtime, runtime.settings.ingest_port, stop), _work(runtime, stop))


async def _work(runtime: Runtime, stop: asyncio.Event) -> None:
    await prepare(runtime, stop)
    if stop.is_set():
        return
    patience = Patience(name="ingest", metrics=runtime.metrics, random=runtime.random, stop=stop)
    publisher = await patience.insist(runtime.stream.publisher)
    workers = WorkerPool(workers=runtime.settings.workers, memory_bytes=WORKER_MEMORY_BYTES)
    try:
        poller = build(runtime, publisher, workers)
        runtime.waiting["ingest"] = lambda: poller.waiting_for
        await poller.run(stop)
    finally:
        await workers.close()
        await publisher.close()
