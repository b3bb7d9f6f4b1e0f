"""The ingest service: feeds are polled and their stories published."""

import asyncio
from datetime import timedelta

from services.ingest.parts import IngestParts
from services.ingest.policy import WORKER_MEMORY_BYTES, IngestPolicy
from services.ingest.poller import Poller
from services.ingest.pushes import PushesHandler
from shared.lifecycle import live_together
from shared.patience import Patience
from shared.ports import Publisher
from shared.processor import Processor
from shared.runtime import Runtime, consumer_group, prepare, run_group, serve_probes
from shared.settings import Settings
from shared.store.domains import DomainStore
from shared.store.entries import EntryStore
from shared.store.feed_states import FeedStateStore
from shared.store.feeds import FeedStore
from shared.topics import PUSH_GROUP
from shared.workers import WorkerPool


def policy_of(settings: Settings) -> IngestPolicy:
    """What the operator set. Raises SettingsError."""
    return IngestPolicy(
        interval=timedelta(seconds=settings.poll_seconds),
        shortest=timedelta(seconds=settings.poll_floor_seconds),
        longest=timedelta(seconds=max(settings.poll_ceiling_seconds, settings.poll_seconds)),
        oldest=settings.max_entry_age,
        concurrency=settings.poll_concurrency,
        per_domain=settings.domain_concurrency,
        pause=timedelta(seconds=settings.domain_pause_seconds),
    )


def build(runtime: Runtime, publisher: Publisher, workers: WorkerPool) -> Poller:
    """A poller on the runtime's engines. Raises SettingsError."""
    parts = IngestParts(
        feeds=FeedStore(runtime.database),
        states=FeedStateStore(runtime.database),
        entries=EntryStore(runtime.database),
        publisher=publisher,
        client=runtime.http,
        workers=workers,
        metrics=runtime.metrics,
        clock=runtime.clock,
        random=runtime.random,
        domains=DomainStore(runtime.database),
    )
    return Poller(parts, policy_of(runtime.settings))


def push_group(runtime: Runtime, poller: Poller) -> Processor:
    """The consume loop of the documents that hubs push."""
    handler = PushesHandler(
        feeds=FeedStore(runtime.database),
        states=FeedStateStore(runtime.database),
        target=poller,
        metrics=runtime.metrics,
    )
    return consumer_group(runtime, group=PUSH_GROUP, handler=handler.handle)


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
        pushes = push_group(runtime, poller)
        await live_together(stop, poller.run(stop), run_group(runtime, pushes, stop))
    finally:
        await workers.close()
        await publisher.close()
