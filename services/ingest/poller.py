"""The poller: asks every feed in its time, and publishes what is new.

    due ▸ fetch ▸ parse in a worker ▸ decide ▸ publish, acknowledged ▸ store validators, entries, poll ▸ count

Effects come in that order, so that a crash anywhere repeats work and loses none: what was published but not
stored is published again under the same ids.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final

import structlog

from services.ingest.agenda import Agenda
from services.ingest.examiner import Examiner
from services.ingest.fetcher import Fetcher
from services.ingest.findings import Findings, failures_after, new_state, poll_of, settled
from services.ingest.policy import IngestPolicy
from services.ingest.schedule import next_poll_at
from shared.http.client import GuardedClient
from shared.messages import STORY, encode
from shared.metrics import Metrics
from shared.model.feed import Feed, FeedState, KnownEntry, Poll
from shared.model.story import Story
from shared.model.times import Clock
from shared.patience import Patience, Stopped
from shared.ports import Publisher
from shared.retry import Randomness
from shared.store.feeds import FeedStore
from shared.workers import WorkerPool

SOURCE: Final = "/ingest"
GRACE_SECONDS: Final = 5
"""How long polls in flight may take to end when asked to stop; what is cut off is done again."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestParts:
    """What a poller works with, built by the composition root, which also closes it."""

    store: FeedStore
    publisher: Publisher
    client: GuardedClient
    workers: WorkerPool
    metrics: Metrics
    clock: Clock
    random: Randomness


class Poller:
    """Polls feeds, one by one on request or all of them for ever.

    While the stream or the database is gone it waits with what it has, asks no server again and blames no
    feed; `waiting_for` says so.
    """

    def __init__(self, parts: IngestParts, policy: IngestPolicy) -> None:
        self._parts = parts
        self._policy = policy
        self._fetcher = Fetcher(parts.client, policy, parts.clock)
        self._patience = Patience(
            name="ingest", metrics=parts.metrics, random=parts.random, stop=asyncio.Event()
        )
        self._examiner = Examiner(workers=parts.workers, policy=policy, known_entries=self._known_entries)

    @property
    def waiting_for(self) -> str | None:
        """Why nothing moves, None while all is well; for readiness."""
        return self._patience.waiting_for

    async def poll_once(self, feed: Feed) -> Poll:
        """Poll this feed now, whenever it is due; its stories are acknowledged when this returns."""
        poll, _ = await self._poll(feed)
        return poll

    async def run(self, stop: asyncio.Event) -> None:
        """Poll every enabled feed in its time, until `stop` is set. Feeds added or removed meanwhile are
        noticed within `reload`; times are kept over restarts."""
        self._patience.stop = stop
        agenda = Agenda(concurrency=self._policy.concurrency, per_host=self._policy.per_host)
        polls: set[asyncio.Task[None]] = set()
        stopping = asyncio.create_task(stop.wait())
        try:
            reloaded: float | None = None
            while not stop.is_set():
                if reloaded is None or monotonic() - reloaded >= self._policy.reload.total_seconds():
                    await self._reload(agenda)
                    reloaded = monotonic()
                for feed in agenda.take(self._parts.clock()):
                    polls.add(asyncio.create_task(self._poll_for(agenda, feed)))
                _, left = await asyncio.wait(
                    {stopping, *polls}, timeout=self._rest(agenda), return_when=asyncio.FIRST_COMPLETED
                )
                polls &= left
        except Stopped:
            log.debug("stopped_while_waiting")
        finally:
            stopping.cancel()
            await _ended(polls)

    async def _reload(self, agenda: Agenda) -> None:
        feeds = await self._patience.insist(self._parts.store.enabled)
        added = agenda.watch(feeds)
        states = await self._patience.insist(lambda: self._parts.store.states(added))
        now = self._parts.clock()
        for feed_id in added:
            agenda.plan(feed_id, states[feed_id].next_poll_at if feed_id in states else now)
        if added:
            log.info("feeds_added", feeds=len(added))

    def _rest(self, agenda: Agenda) -> float:
        """Seconds until something may be due; feeds that wait for a free place start when a poll ends."""
        next_at = agenda.next_at()
        reload = self._policy.reload.total_seconds()
        if next_at is None:
            return reload
        return min(reload, max(0.0, (next_at - self._parts.clock()).total_seconds()))

    async def _poll_for(self, agenda: Agenda, feed: Feed) -> None:
        next_at = self._parts.clock() + self._policy.longest
        try:
            _, state = await self._poll(feed)
            next_at = state.next_poll_at
        except Stopped:
            log.debug("poll_not_recorded", feed=feed.url)
        except Exception:  # a fault of ours with one feed must not stop the others; it is told and counted
            log.exception("poll_broke", feed=feed.url)
            self._parts.metrics.feed_polls.labels("broken").inc()
        finally:
            agenda.done(feed.id, next_at)

    async def _poll(self, feed: Feed) -> tuple[Poll, FeedState]:
        began, now = monotonic(), self._parts.clock()
        states = await self._patience.insist(lambda: self._parts.store.states([feed.id]))
        state = states.get(feed.id) or new_state(feed, now)
        answer = await self._fetcher.fetch(feed, state.validators)
        findings = await self._examiner.examine(feed, state, answer, now)
        await self._publish(findings.decision.stories)
        after = self._settled(feed, state, findings)
        poll = poll_of(feed, findings, now)
        rows = findings.decision.entries
        await self._patience.insist(lambda: self._parts.store.record_poll(after, poll, rows))
        self._count(feed, poll, monotonic() - began)
        return poll, after

    async def _known_entries(self, feed_id: str, keys: Sequence[str]) -> Mapping[str, KnownEntry]:
        return await self._patience.insist(lambda: self._parts.store.known_entries(feed_id, keys))

    async def _publish(self, stories: Sequence[Story]) -> None:
        if stories:
            now = self._parts.clock()
            records = [encode(STORY, story, source=SOURCE, now=now) for story in stories]
            await self._patience.insist(lambda: self._parts.publisher.publish(records))

    def _settled(self, feed: Feed, state: FeedState, findings: Findings) -> FeedState:
        now = self._parts.clock()
        due = next_poll_at(
            self._policy,
            feed,
            findings.outcome,
            failures=failures_after(state, findings.outcome),
            retry_after=findings.retry_after,
            now=now,
            random=self._parts.random,
        )
        return settled(state, findings, now=now, next_poll_at=due)

    def _count(self, feed: Feed, poll: Poll, seconds: float) -> None:
        metrics = self._parts.metrics
        metrics.feed_polls.labels(poll.outcome).inc()
        metrics.feed_poll_seconds.observe(seconds)
        for state, count in poll.entries.items():
            metrics.entries.labels(state).inc(count)
        log.info(
            "feed_polled",
            feed=feed.url,
            outcome=poll.outcome,
            status=poll.status,
            error=poll.error,
            **poll.entries,
        )


async def _ended(polls: set[asyncio.Task[None]]) -> None:
    if polls:
        _, slow = await asyncio.wait(polls, timeout=GRACE_SECONDS)
        for poll in slow:
            poll.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
