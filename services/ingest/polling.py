"""One poll of one feed, and one pushed document, from the question to the stored outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from services.ingest.counting import count_entries, count_poll
from services.ingest.document_reader import DocumentReader
from services.ingest.examiner import Examiner, ParsedAnswer
from services.ingest.fetcher import Fetcher, pushed_feed
from services.ingest.findings import Findings, poll_of
from services.ingest.hubs import HubNews
from services.ingest.judging.failures import SUCCESSES
from services.ingest.judging.health import change_of
from services.ingest.judging.validators import asks_with
from services.ingest.knowledge import Knowledge
from services.ingest.locks import Locks
from services.ingest.outgoing import outgoing
from services.ingest.parts import IngestParts
from services.ingest.policy import IngestPolicy
from services.ingest.settling import settled, settled_push
from shared.domains import domain_of
from shared.holds import hold_asked
from shared.model.feed import DomainHold, Feed, FeedState, KnownEntry, Poll, Validators
from shared.model.websub import FeedHub
from shared.patience import Patience
from shared.ports import OutgoingRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A poll that is stored, what is known of the feed since, and what follows for others: `soon`, the
    feeds that could not be read through no fault of theirs and can be again."""

    poll: Poll
    state: FeedState
    soon: frozenset[str] = frozenset()


class Polling:
    """Does what a poll takes, in the order in which nothing is lost.

    Where entries are decided the outlet takes its turn first, then the feed.
    """

    def __init__(
        self,
        parts: IngestParts,
        policy: IngestPolicy,
        patience: Patience,
        knowledge: Knowledge,
        hold: Callable[[DomainHold], None],
    ) -> None:
        """`hold` is told at once which domain asked for patience: another poll of it may be about to
        start."""
        self._parts = parts
        self._policy = policy
        self._patience = patience
        self._knowledge = knowledge
        self._hold = hold
        self._fetcher = Fetcher(parts.client, policy, parts.clock)
        reader = DocumentReader(workers=parts.workers, policy=policy)
        self._examiner = Examiner(reader=reader, policy=policy, known_entries=self._known_entries)
        self._outlets = Locks()
        self._hubs = HubNews()

    def forget(self, feed_id: str) -> None:
        """The feed is watched no more."""
        self._hubs.forget(feed_id)

    async def poll(self, feed: Feed, *, urgent: bool = False) -> Polled:
        """Ask the feed's server and store what came of it; its stories are acknowledged when this returns."""
        began, at = monotonic(), self._parts.clock()
        state = self._knowledge.state_or_new(feed, at)
        asked = asks_with(state)
        answer = await self._fetcher.fetch(state.address or feed.url, asked)
        found = await self._examiner.examine(state, asked, answer, at)
        if isinstance(found, ParsedAnswer):
            async with self._outlets.of(feed.outlet):
                findings = await self._examiner.decided(feed, found, at)
                polled = await self._concluded(feed, state, findings, at, urgent=urgent)
        else:
            polled = await self._concluded(feed, state, found, at, urgent=urgent)
        count_poll(self._parts.metrics, feed, polled.poll, monotonic() - began)
        return polled

    async def push(self, feed: Feed, body: bytes, content_type: str) -> bool:
        """Publish what is new in a document that the feed's hub sent; False if it cannot be read as one."""
        at = self._parts.clock()
        state = self._knowledge.state_or_new(feed, at)
        pushed = pushed_feed(feed.url, body, content_type)
        found = await self._examiner.examine(state, Validators(), pushed, at)
        if not isinstance(found, ParsedAnswer):
            return found.outcome in SUCCESSES
        async with self._outlets.of(feed.outlet), self._knowledge.turn(feed.id):
            findings = await self._examiner.decided(feed, found, at)
            before = self._knowledge.state(feed.id) or state
            after = settled_push(feed, before, findings, self._knowledge.circumstances(feed, at))
            decision = findings.decision
            await self._publish(findings, outgoing(decision.stories, None, None, at))
            await self._knowledge.record(after, decision=decision, urgent=True)
        count_entries(self._parts.metrics, decision.counts)
        return True

    async def _concluded(
        self, feed: Feed, state: FeedState, findings: Findings, at: datetime, *, urgent: bool
    ) -> Polled:
        """`state` is what was known when the feed was asked, and all there is if it was removed since."""
        async with self._knowledge.turn(feed.id):
            before = self._knowledge.state(feed.id) or state
            now, domain = self._parts.clock(), domain_of(before.address or feed.url)
            soon = await self._blamed(before, domain, findings, now)
            await self._held(domain, findings, now)
            after = settled(feed, before, findings, self._knowledge.circumstances(feed, now))
            await self._tell(feed, before, after, findings, now)
            poll = poll_of(feed, before, findings, at)
            await self._knowledge.record(after, poll=poll, decision=findings.decision, urgent=urgent)
        return Polled(poll=poll, state=after, soon=soon)

    async def _blamed(
        self, before: FeedState, domain: str, findings: Findings, now: datetime
    ) -> frozenset[str]:
        """Blame our own network where it is at fault; gives the feeds to be polled soon once it is back."""
        concerned = await self._knowledge.network.told(before, domain, findings.outcome, now)
        if self._knowledge.network.outage is None:
            return concerned
        self._knowledge.take_back(concerned)
        return frozenset()

    async def _held(self, domain: str, findings: Findings, now: datetime) -> None:
        """Heed the patience that the server asked for, and store it."""
        hold = hold_asked(
            domain,
            findings.status,
            findings.retry_after,
            now,
            unstated=self._policy.busy,
            longest=self._policy.longest_retry_after,
        )
        if hold is not None:
            self._hold(hold)
            await self._patience.insist(lambda: self._parts.domains.hold(hold))

    async def _tell(
        self, feed: Feed, before: FeedState, after: FeedState, findings: Findings, now: datetime
    ) -> None:
        event = change_of(feed, before, after, now)
        hub = self._hub_news(feed, findings, now)
        await self._publish(findings, outgoing(findings.decision.stories, event, hub, now))
        if hub is not None:
            self._hubs.told(hub)
        if event is not None:
            self._parts.metrics.feed_events.labels(event.kind, event.health).inc()

    def _hub_news(self, feed: Feed, findings: Findings, now: datetime) -> FeedHub | None:
        """Half a document may lack what it says of its hub."""
        if findings.reading is None or findings.outcome == "partial":
            return None
        return self._hubs.of(feed.id, findings.reading.hub, now)

    async def _publish(self, findings: Findings, records: list[OutgoingRecord]) -> None:
        held = findings.reading.held if findings.reading is not None else ()
        if held:
            await self._patience.insist(lambda: self._parts.entries.hold(held))
        if records:
            await self._patience.insist(lambda: self._parts.publisher.publish(records))

    async def _known_entries(
        self, outlet: str, keys: Sequence[str], link_keys: Sequence[str]
    ) -> Sequence[KnownEntry]:
        return await self._patience.insist(lambda: self._parts.entries.known(outlet, keys, link_keys))
