"""The poller: asks every feed in its time, and publishes what is new.

    due ▸ fetch ▸ parse in a worker ▸ known ▸ decide ▸ hold ▸ publish, acknowledged ▸ record ▸ count

Effects come in that order, so that a crash anywhere repeats work and loses none: what was published but not
recorded is published again under the same ids. From `known` on polls of one outlet take turns.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.ingest.knowledge import Knowledge
from services.ingest.parts import IngestParts
from services.ingest.policy import IngestPolicy
from services.ingest.polling import Polled, Polling
from services.ingest.rounds import Rounds
from services.ingest.schedule import planned_at
from services.ingest.timing.agenda import Agenda
from services.ingest.unread import UnreadFeeds
from shared.domains import domain_of
from shared.model.feed import DomainHold, Feed, Poll
from shared.patience import Patience, Stopped

SOON: Final = timedelta(minutes=1)
"""Within this time feeds are polled that our own network kept from it."""
LISTENED: Final = timedelta(seconds=1)
LOOKED_OVER: Final = timedelta(minutes=1)
FORGOTTEN: Final = timedelta(hours=1)
FORGOTTEN_AT_ONCE: Final = 1_000

log = structlog.get_logger()


class Poller:
    """Polls feeds, one by one on request or all of them for ever.

    While the stream or the database is gone it waits with what it has, asks no server again and blames no
    feed; nor does it while our own network is gone. `waiting_for` says so.
    """

    def __init__(self, parts: IngestParts, policy: IngestPolicy) -> None:
        self._parts = parts
        self._policy = policy
        self._patience = Patience(
            name="ingest", metrics=parts.metrics, random=parts.random, stop=asyncio.Event()
        )
        self._knowledge = Knowledge(parts, policy, self._patience)
        self._polling = Polling(parts, policy, self._patience, self._knowledge, self._hold)
        self._unread = UnreadFeeds(parts, self._knowledge, self._patience)
        self._feeds: dict[str, Feed] = {}
        self._agenda = Agenda(
            concurrency=policy.concurrency,
            per_domain=policy.per_domain,
            pause=policy.pause,
            domain_of=self._domain_of,
        )
        self._rounds = Rounds(
            agenda=self._agenda,
            policy=policy,
            clock=parts.clock,
            poll=self._poll,
            reload=self._reload,
            chores=((LISTENED, self._listen), (LOOKED_OVER, self._look_over), (FORGOTTEN, self._forget)),
        )
        self._opened = False

    @property
    def waiting_for(self) -> str | None:
        """Why nothing moves, None while all is well; for readiness."""
        outage = self._knowledge.network.outage
        return self._patience.waiting_for or (outage.reason if outage is not None else None)

    async def poll_once(self, feed: Feed) -> Poll:
        """Poll this feed now, whenever it is due; its stories are acknowledged when this returns."""
        await self._know(feed)
        polled = await self._polling.poll(feed, urgent=True)
        self._heed(polled)
        return polled.poll

    async def poll_now(self, feed_id: str) -> None:
        """Let a watched feed be due at once; does not wait for the poll."""
        self._agenda.hasten(feed_id, self._parts.clock())
        self._rounds.wake()

    async def examine_pushed(self, feed: Feed, body: bytes, content_type: str | None) -> None:
        """Publish what is new in a document that the feed's hub sent, acknowledged when this returns.

        Schedule and validators stay as they are; what cannot be read makes the feed due at once instead.
        """
        await self._know(feed)
        if not await self._polling.push(feed, body, content_type or ""):
            await self.poll_now(feed.id)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll every enabled feed in its time, until `stop` is set. Feeds added or removed meanwhile are
        noticed within `reload`; times are kept over restarts."""
        self._patience.stop = stop
        try:
            await self._open()
            await self._rounds.run(stop)
        except Stopped:
            log.debug("stopped_while_waiting")
        finally:
            await self._knowledge.close()

    def _hold(self, hold: DomainHold) -> None:
        self._agenda.hold(hold.domain, hold.until)

    def _heed(self, polled: Polled) -> None:
        """Let feeds be due within a minute, not all at once, that our own network kept from us."""
        for feed_id in polled.soon:
            self._agenda.hasten(feed_id, self._parts.clock() + SOON * self._parts.random())

    async def _know(self, feed: Feed) -> None:
        await self._open()
        if self._knowledge.state(feed.id) is None:
            await self._knowledge.load([feed.id])

    async def _open(self) -> None:
        """Remember what was under way when ingest stopped."""
        if self._opened:
            return
        self._knowledge.network.resume(await self._patience.insist(self._parts.states.outage))
        await self._listen()
        self._opened = True

    async def _reload(self) -> None:
        feeds = await self._patience.insist(self._parts.feeds.enabled)
        added = self._agenda.watch(feeds)
        before, self._feeds = self._feeds, {feed.id: feed for feed in feeds}
        for gone in before.keys() - self._feeds.keys():
            self._knowledge.forget(gone)
            self._polling.forget(gone)
        if added:
            await self._knowledge.load(added)
            now = self._parts.clock()
            for feed_id in added:
                state = self._knowledge.state(feed_id)
                self._agenda.plan(feed_id, now if state is None else planned_at(state, now))
            log.info("feeds_added", feeds=len(added))

    async def _poll(self, feed: Feed) -> datetime:
        self._parts.metrics.feeds_in_flight.set(self._agenda.in_flight)
        self._knowledge.network.here(self._parts.clock())
        try:
            polled = await self._polling.poll(feed)
        except Stopped:
            log.debug("poll_not_recorded", feed=feed.url)
        except Exception:  # a fault of ours with one feed must not stop the others; it is told and counted
            log.exception("poll_broke", feed=feed.url)
            self._parts.metrics.feed_polls.labels("broken").inc()
        else:
            self._heed(polled)
            return polled.state.next_poll_at
        return self._parts.clock() + self._policy.longest

    async def _listen(self) -> None:
        """Spare the servers that were asked for pages of stories a moment ago, or asked others of us for
        patience; also those of which we learnt before a restart."""
        now = self._parts.clock()
        spared = await self._patience.insist(lambda: self._parts.domains.spared(now, self._policy.pause))
        for domain, until in spared.items():
            # A clock that was ahead must not silence a domain for longer than any server may ask.
            self._agenda.hold(domain, min(until, now + self._policy.longest_retry_after))

    async def _look_over(self) -> None:
        await self._unread.look_over(tuple(self._feeds.values()))

    async def _forget(self) -> None:
        before = self._parts.clock() - self._policy.memory
        while True:
            forgotten = await self._patience.insist(
                lambda: self._parts.entries.forget(before, FORGOTTEN_AT_ONCE)
            )
            log.debug("entries_forgotten", entries=forgotten)
            if forgotten < FORGOTTEN_AT_ONCE:
                return

    def _domain_of(self, feed: Feed) -> str:
        state = self._knowledge.state(feed.id)
        return domain_of(feed.url if state is None or state.address is None else state.address)
