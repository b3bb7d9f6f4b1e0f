"""What is known of the feeds watched, and of our own network, between polls."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.ingest.decider import Decision
from services.ingest.findings import NOTHING, new_state
from services.ingest.locks import Locks
from services.ingest.network import Network
from services.ingest.parts import IngestParts
from services.ingest.policy import IngestPolicy
from services.ingest.recorder import Recorder
from services.ingest.settling import Circumstances, taken_back
from shared.model.feed import Feed, FeedState, Poll
from shared.patience import Patience
from shared.store.feed_states import Recording


class Knowledge:
    """Ingest alone writes it, so it is read from the database once; a state changes here only when it is
    stored. Whatever changes one feed takes its `turn` from looking at the state to having recorded the next.
    """

    def __init__(self, parts: IngestParts, policy: IngestPolicy, patience: Patience) -> None:
        self._parts = parts
        self._policy = policy
        self._patience = patience
        self._recorder = Recorder(self._store)
        self._turns = Locks()
        self._states: dict[str, FeedState] = {}
        self._watched_since: dict[str, datetime] = {}
        self.network = Network(
            save=lambda outage: patience.insist(lambda: parts.states.save_outage(outage)),
            metrics=parts.metrics,
            now=parts.clock(),
        )

    async def load(self, feed_ids: Sequence[str]) -> None:
        """Read what is known of these feeds; what was stored of one meanwhile is newer."""
        found = await self._patience.insist(lambda: self._parts.states.states(feed_ids))
        now = self._parts.clock()
        for feed_id in feed_ids:
            self._watched_since.setdefault(feed_id, now)
            if feed_id in found:
                self._states.setdefault(feed_id, found[feed_id])

    def forget(self, feed_id: str) -> None:
        """The feed is watched no more."""
        self._states.pop(feed_id, None)
        self._watched_since.pop(feed_id, None)

    def state(self, feed_id: str) -> FeedState | None:
        """None for a feed never polled, or not loaded."""
        return self._states.get(feed_id)

    def state_or_new(self, feed: Feed, now: datetime) -> FeedState:
        """What is known of the feed, be it nothing."""
        return self._states.get(feed.id) or new_state(feed, now)

    def turn(self, feed_id: str) -> asyncio.Lock:
        """To be held by whoever changes what is known of the feed."""
        return self._turns.of(feed_id)

    def circumstances(self, feed: Feed, now: datetime) -> Circumstances:
        """What else matters for what a poll of the feed changes."""
        seeing_since = self.network.seeing_since
        return Circumstances(
            policy=self._policy,
            random=self._parts.random,
            now=now,
            seeing_since=max(seeing_since, self._watched_since.get(feed.id, seeing_since)),
            out_of_reach=self.network.out_of_reach,
        )

    def take_back(self, feed_ids: Iterable[str]) -> None:
        """The last failures of these feeds were our own network's."""
        for feed_id in feed_ids:
            if feed_id in self._states:
                self._states[feed_id] = taken_back(self._states[feed_id])

    async def record(
        self,
        after: FeedState,
        *,
        poll: Poll | None = None,
        decision: Decision = NOTHING,
        urgent: bool = False,
    ) -> None:
        """Return once this is stored with what was decided. Raises Stopped."""
        recording = Recording(
            state=after,
            poll=poll,
            stored=self._states.get(after.feed_id),
            entries=decision.entries,
            dropped=decision.dropped,
        )
        await self._recorder.record(recording, urgent=urgent)

    async def close(self) -> None:
        """Let what is pending be stored; bounded in time, never raises."""
        await self._recorder.close()

    async def _store(self, recordings: Sequence[Recording]) -> None:
        await self._patience.insist(lambda: self._parts.states.record(recordings))
        # Here, not where it was asked for: whoever asked may have been cut off meanwhile.
        self._states.update({recording.state.feed_id: recording.state for recording in recordings})
