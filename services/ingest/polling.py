"""One poll of one feed, and one pushed document, from the question to the stored outcome."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from time import monotonic
from typing import Protocol

from services.ingest.counting import count_entries, count_poll
from services.ingest.document_reader import DocumentReader
from services.ingest.examiner import Examiner, ParsedAnswer
from services.ingest.fetcher import Fetcher, pushed_feed
from services.ingest.findings import Findings, new_state, poll_of
from services.ingest.hubs import HubNews
from services.ingest.judging.failures import SUCCESSES
from services.ingest.judging.health import change_of
from services.ingest.judging.validators import asks_with
from services.ingest.locks import Locks
from services.ingest.network import Network
from services.ingest.outgoing import outgoing
from services.ingest.parts import IngestParts
from services.ingest.policy import IngestPolicy
from services.ingest.recorder import Recorder
from services.ingest.settling import Circumstances, overdue, settled, settled_push, taken_back
from services.ingest.timing.domains import domain_of
from shared.model.feed import DomainHold, Feed, FeedState, KnownEntry, Poll, Validators
from shared.model.health import FeedEvent
from shared.model.websub import FeedHub
from shared.patience import Patience
from shared.ports import OutgoingRecord
from shared.store.feed_states import Recording


class Consequences(Protocol):
    """What polls mean for those to come."""

    def hold(self, hold: DomainHold) -> None:
        """A domain asked for patience."""

    def poll_soon(self, feed_ids: Iterable[str]) -> None:
        """These could not be read through no fault of theirs."""


class Polling:
    """Does what a poll takes, in the order in which nothing is lost.

    `states` is what is known of the feeds watched: ingest alone writes it, so it is read from the database
    once. A state changes here only when it is stored. Whatever changes one feed takes turns from `_feeds` on,
    behind the turn of its outlet where entries are decided.
    """

    def __init__(
        self, parts: IngestParts, policy: IngestPolicy, patience: Patience, consequences: Consequences
    ) -> None:
        self._parts = parts
        self._policy = policy
        self._patience = patience
        self._consequences = consequences
        self._fetcher = Fetcher(parts.client, policy, parts.clock)
        reader = DocumentReader(workers=parts.workers, policy=policy)
        self._examiner = Examiner(reader=reader, policy=policy, known_entries=self._known_entries)
        self._outlets, self._feeds = Locks(), Locks()
        self._hubs = HubNews()
        self.recorder = Recorder(self._store)
        self.network = Network(
            save=lambda outage: patience.insist(lambda: parts.states.save_outage(outage)),
            metrics=parts.metrics,
            now=parts.clock(),
        )
        self.states: dict[str, FeedState] = {}
        self._watched_since: dict[str, datetime] = {}

    async def load(self, feed_ids: Sequence[str]) -> None:
        """Read what is known of these feeds; what was stored of one meanwhile is newer."""
        found = await self._patience.insist(lambda: self._parts.states.states(feed_ids))
        now = self._parts.clock()
        for feed_id in feed_ids:
            self._watched_since.setdefault(feed_id, now)
            if feed_id in found:
                self.states.setdefault(feed_id, found[feed_id])

    def forget(self, feed_id: str) -> None:
        """The feed is watched no more."""
        self.states.pop(feed_id, None)
        self._watched_since.pop(feed_id, None)
        self._hubs.forget(feed_id)

    async def poll(self, feed: Feed, *, urgent: bool = False) -> tuple[Poll, FeedState]:
        """Ask the feed's server and store what came of it; its stories are acknowledged when this returns."""
        began, at = monotonic(), self._parts.clock()
        state = self.states.get(feed.id) or new_state(feed, at)
        asked = asks_with(state)
        answer = await self._fetcher.fetch(state.address or feed.url, asked)
        found = await self._examiner.examine(state, asked, answer, at)
        if isinstance(found, ParsedAnswer):
            async with self._outlets.of(feed.outlet):
                findings = await self._examiner.decided(feed, found, at)
                poll, after = await self._concluded(feed, state, findings, at, urgent=urgent)
        else:
            poll, after = await self._concluded(feed, state, found, at, urgent=urgent)
        count_poll(self._parts.metrics, feed, poll, monotonic() - began)
        return poll, after

    async def push(self, feed: Feed, body: bytes, content_type: str) -> bool:
        """Publish what is new in a document that the feed's hub sent; False if it cannot be read as one."""
        at = self._parts.clock()
        state = self.states.get(feed.id) or new_state(feed, at)
        pushed = pushed_feed(feed.url, body, content_type)
        found = await self._examiner.examine(state, Validators(), pushed, at)
        if not isinstance(found, ParsedAnswer):
            return found.outcome in SUCCESSES
        async with self._outlets.of(feed.outlet), self._feeds.of(feed.id):
            findings = await self._examiner.decided(feed, found, at)
            after = settled_push(self.states.get(feed.id, state), findings, at)
            decision = findings.decision
            await self._publish(findings, outgoing(decision.stories, None, None, at))
            await self.recorder.record(
                Recording(state=after, poll=None, entries=decision.entries, dropped=decision.dropped),
                urgent=True,
            )
        count_entries(self._parts.metrics, decision.counts)
        return True

    async def look_over(self, feeds: Iterable[Feed]) -> None:
        """Tell which of these feeds have not been read for too long: time passes without polls too."""
        for feed in feeds:
            if self._patience.waiting_for is None:
                self.network.here(self._parts.clock())
                await self.look_again(feed)

    async def look_again(self, feed: Feed) -> None:
        """Tell that this feed has not been read for too long, if it is so."""
        if self._overdue(feed) is None:
            return
        async with self._feeds.of(feed.id):
            found = self._overdue(feed)  # a poll may have ended while we waited for our turn
            if found is not None:
                after, event = found
                await self._publish(None, outgoing((), event, None, event.at))
                await self.recorder.record(Recording(state=after, poll=None))
                self._parts.metrics.feed_events.labels(event.kind, event.health).inc()

    def _overdue(self, feed: Feed) -> tuple[FeedState, FeedEvent] | None:
        now, before = self._parts.clock(), self.states.get(feed.id)
        if before is None or self.network.outage is not None:
            return None
        after = overdue(feed, before, self._given(feed, now))
        event = change_of(feed, before, after, now)
        return None if event is None else (after, event)

    async def _concluded(
        self, feed: Feed, state: FeedState, findings: Findings, at: datetime, *, urgent: bool
    ) -> tuple[Poll, FeedState]:
        """`state` is what was known when the feed was asked, and all there is if it was removed since."""
        async with self._feeds.of(feed.id):
            before = self.states.get(feed.id, state)
            return await self._poll_concluded(feed, before, findings, at, urgent=urgent)

    async def _poll_concluded(
        self, feed: Feed, before: FeedState, findings: Findings, at: datetime, *, urgent: bool
    ) -> tuple[Poll, FeedState]:
        now = self._parts.clock()
        domain = domain_of(before.address or feed.url)
        await self._mind_the_network(before, domain, findings, now)
        await self._mind_the_server(domain, findings, now)
        after = settled(feed, before, findings, self._given(feed, now))
        event = change_of(feed, before, after, now)
        hub = self._hub_news(feed, findings, now)
        await self._publish(findings, outgoing(findings.decision.stories, event, hub, now))
        if hub is not None:
            self._hubs.told(hub)
        if event is not None:
            self._parts.metrics.feed_events.labels(event.kind, event.health).inc()
        poll = poll_of(feed, before, findings, at)
        decision = findings.decision
        await self.recorder.record(
            Recording(state=after, poll=poll, entries=decision.entries, dropped=decision.dropped),
            urgent=urgent,
        )
        return poll, after

    def _hub_news(self, feed: Feed, findings: Findings, now: datetime) -> FeedHub | None:
        """Half a document may lack what it says of its hub."""
        if findings.reading is None or findings.outcome == "partial":
            return None
        return self._hubs.of(feed.id, findings.reading.hub, now)

    def _given(self, feed: Feed, now: datetime) -> Circumstances:
        seeing_since = self.network.seeing_since
        return Circumstances(
            policy=self._policy,
            random=self._parts.random,
            now=now,
            seeing_since=max(seeing_since, self._watched_since.get(feed.id, seeing_since)),
            out_of_reach=self.network.out_of_reach,
        )

    async def _publish(self, findings: Findings | None, records: list[OutgoingRecord]) -> None:
        held = findings.reading.held if findings is not None and findings.reading is not None else ()
        if held:
            await self._patience.insist(lambda: self._parts.entries.hold(held))
        if records:
            await self._patience.insist(lambda: self._parts.publisher.publish(records))

    async def _mind_the_network(
        self, state: FeedState, domain: str, findings: Findings, now: datetime
    ) -> None:
        concerned = await self.network.told(state, domain, findings.outcome, now)
        if self.network.outage is None:
            self._consequences.poll_soon(concerned)
            return
        for feed_id in concerned & self.states.keys():
            self.states[feed_id] = taken_back(self.states[feed_id])

    async def _mind_the_server(self, domain: str, findings: Findings, now: datetime) -> None:
        wait = findings.retry_after
        if findings.outcome != "busy" or (wait is None and findings.status != 429):
            return
        until = now + min(wait or self._policy.busy, self._policy.longest_retry_after)
        hold = DomainHold(domain=domain, until=until, reason=findings.error or "")
        self._consequences.hold(hold)
        await self._patience.insist(lambda: self._parts.domains.hold(hold))

    async def _store(self, recordings: Sequence[Recording]) -> None:
        await self._patience.insist(lambda: self._parts.states.record(recordings))
        # Here, not where it was asked for: whoever asked may have been cut off meanwhile.
        self.states.update({recording.state.feed_id: recording.state for recording in recordings})

    async def _known_entries(
        self, outlet: str, keys: Sequence[str], link_keys: Sequence[str]
    ) -> Sequence[KnownEntry]:
        return await self._patience.insist(lambda: self._parts.entries.known(outlet, keys, link_keys))
