"""The extract service: stories are tagged, then put in order into events, and alerts decided."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from services.extract.article import ArticleParts, ArticleReader
from services.extract.articles.robots import RobotsBook
from services.extract.articles.visits import Door, VisitPolicy, Visits
from services.extract.articles.worker import MEMORY_BYTES, load_reader
from services.extract.correlator import Correlator
from services.extract.explaining.explainer import StoryExplainer, load_explainer
from services.extract.rules.agencies import load_agencies
from services.extract.tagging import StoryTagger
from services.extract.worker import load_worker
from shared.http.addresses import AddressPolicy
from shared.http.client import GuardedClient
from shared.lifecycle import live_together
from shared.runtime import Runtime, consumer_group, prepare, run_group, serve_probes, user_agent
from shared.store.pacing import PacingStore
from shared.store.stories import StoryStore
from shared.topics import CORRELATE_GROUP, TAG_GROUP
from shared.workers import WorkerPool

READERS = 1
"""Processes that read pages: a page takes a hundredth of a second, and there are few."""


async def run(runtime: Runtime, stop: asyncio.Event) -> None:
    """Work until `stop` is set."""
    workers = WorkerPool(workers=runtime.settings.workers, initializer=load_worker)
    readers = WorkerPool(workers=READERS, initializer=load_reader, memory_bytes=MEMORY_BYTES)
    try:
        async with _public(runtime) as public:
            await live_together(
                stop,
                serve_probes(runtime, runtime.settings.extract_port, stop),
                _work(runtime, _tagger(runtime, public, workers, readers), stop),
            )
    finally:
        await workers.close()
        await readers.close()


@asynccontextmanager
async def open_explainer() -> AsyncIterator[StoryExplainer]:
    """One with a process of its own, which ends with it."""
    workers = WorkerPool(workers=1, initializer=load_explainer)
    try:
        yield StoryExplainer(workers)
    finally:
        await workers.close()


def _public(runtime: Runtime) -> GuardedClient:
    """A client that reaches public addresses only, whatever the operator opened for feeds and webhooks."""
    return GuardedClient(policy=AddressPolicy(), user_agent=user_agent(runtime.settings))


async def _work(runtime: Runtime, tagger: StoryTagger, stop: asyncio.Event) -> None:
    await prepare(runtime, stop)
    if stop.is_set():
        return
    if tagger.articles is not None:
        await tagger.articles.warm_up()
    tag = consumer_group(runtime, group=TAG_GROUP, handler=tagger.handle)
    correlator = Correlator(
        database=runtime.database, clock=runtime.clock, metrics=runtime.metrics, agencies=load_agencies()
    )
    correlate = consumer_group(runtime, group=CORRELATE_GROUP, handler=correlator.handle)
    await live_together(stop, run_group(runtime, tag, stop), run_group(runtime, correlate, stop))


def _tagger(runtime: Runtime, public: GuardedClient, workers: WorkerPool, readers: WorkerPool) -> StoryTagger:
    articles = _articles(runtime, public, workers, readers) if runtime.settings.articles else None
    return StoryTagger(workers=workers, clock=runtime.clock, articles=articles)


def _articles(
    runtime: Runtime, public: GuardedClient, workers: WorkerPool, readers: WorkerPool
) -> ArticleReader:
    def door(client: GuardedClient) -> Door:
        return Door(client=client, robots=RobotsBook(client, readers, runtime.wall))

    visits = Visits(
        door=door(public),
        own_door=door(runtime.http),
        pacing=PacingStore(runtime.database),
        clock=runtime.wall,
        policy=VisitPolicy(pause=timedelta(seconds=runtime.settings.domain_pause_seconds)),
    )
    parts = ArticleParts(
        stories=StoryStore(runtime.database),
        visits=visits,
        taggers=workers,
        readers=readers,
        metrics=runtime.metrics,
        clock=runtime.wall,
    )
    return ArticleReader(parts)
