"""The extract service: stories are tagged, then put in order into events, and alerts decided."""

import asyncio

from services.extract.correlator import Correlator
from services.extract.tagging import StoryTagger
from services.extract.worker import load_worker
from shared.lifecycle import live_together
from shared.runtime import Runtime, consumer_group, prepare, run_group, serve_probes
from shared.topics import CORRELATE_GROUP, TAG_GROUP
from shared.workers import WorkerPool


async def run(runtime: Runtime, stop: asyncio.Event) -> None:
    """Work until `stop` is set."""
    workers = WorkerPool(workers=runtime.settings.workers, initializer=load_worker)
    try:
        await live_together(
            stop,
            serve_probes(runtime, runtime.settings.extract_port, stop),
            _work(runtime, workers, stop),
        )
    finally:
        await workers.close()


async def _work(runtime: Runtime, workers: WorkerPool, stop: asyncio.Event) -> None:
    await prepare(runtime, stop)
    if stop.is_set():
        return
    tagger = StoryTagger(workers=workers, clock=runtime.clock)
    tag = consumer_group(runtime, group=TAG_GROUP, handler=tagger.handle)
    correlator = Correlator(database=runtime.database, clock=runtime.clock, metrics=runtime.metrics)
    correlate = consumer_group(runtime, group=CORRELATE_GROUP, handler=correlator.handle)
    await live_together(stop, run_group(runtime, tag, stop), run_group(runtime, correlate, stop))
