"""What a poller is made of."""

from dataclasses import dataclass

from shared.http.client import GuardedClient
from shared.metrics import Metrics
from shared.model.times import Clock
from shared.ports import Publisher
from shared.retry import Randomness
from shared.store.domains import DomainStore
from shared.store.entries import EntryStore
from shared.store.feed_states import FeedStateStore
from shared.store.feeds import FeedStore
from shared.workers import WorkerPool


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestParts:
    """What a poller works with, built by the composition root, which also closes it."""

    feeds: FeedStore
    states: FeedStateStore
    entries: EntryStore
    domains: DomainStore
    publisher: Publisher
    client: GuardedClient
    workers: WorkerPool
    metrics: Metrics
    clock: Clock
    random: Randomness
