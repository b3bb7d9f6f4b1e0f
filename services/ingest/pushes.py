"""Documents that hubs pushed, from the topic `feed-pushes`, for the group `push`.

A push never replaces a poll: it may hold the new entries only, and says nothing of those that are gone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import structlog

from shared.errors import UnavailableError, WorkerTimeoutError
from shared.messages import FEED_PUSH, decode
from shared.metrics import Metrics
from shared.model.feed import Feed, FeedState
from shared.model.websub import FeedPush
from shared.patience import Stopped
from shared.ports import OutgoingRecord, StreamRecord

EXAMINE_SECONDS: Final = 90
"""Includes waiting for a free worker; below the deadline of a record."""
log = structlog.get_logger()


class PushTarget(Protocol):
    """The poller, as far as pushes need it. Both may raise Stopped while it ends."""

    @property
    def waiting_for(self) -> str | None:
        """Why nothing moves, None while all is well."""
        ...

    async def examine_pushed(self, feed: Feed, body: bytes, content_type: str | None, /) -> object:
        """As a polled document: parse ▸ decide ▸ hold ▸ publish, acknowledged when this returns."""

    async def poll_now(self, feed_id: str, /) -> object:
        """Let the feed be due at once; does not wait for the poll."""


class WatchedFeeds(Protocol):
    """What the operator configured."""

    async def get(self, feed_id: str, /) -> Feed | None: ...


class FeedStates(Protocol):
    """What is known of feeds, for those ever polled."""

    async def states(self, ids: Sequence[str], /) -> Mapping[str, FeedState]: ...


class PushesHandler:
    """Handles the topic `feed-pushes`: decode ▸ look up ▸ examine, or poll now. Safe to replay: entries that
    were published are known.

    A document from before the last good poll would bring back what was changed since, so the feed is polled
    instead. Pushes for feeds that are removed or disabled are dropped.
    """

    def __init__(
        self, *, feeds: WatchedFeeds, states: FeedStates, target: PushTarget, metrics: Metrics
    ) -> None:
        self._feeds = feeds
        self._states = states
        self._target = target
        self._metrics = metrics

    async def handle(self, record: StreamRecord) -> Sequence[OutgoingRecord]:
        """Nothing is returned to publish. Raises DecodeError, SchemaFromFutureError, UnavailableError."""
        push = decode(FEED_PUSH, record)
        outcome = await self._handled(push)
        self._metrics.feed_pushes.labels(outcome=outcome).inc()
        log.info("feed_pushed", feed=push.feed_id, push=push.id, outcome=outcome)
        return ()

    async def _handled(self, push: FeedPush) -> str:
        feed = await self._feeds.get(push.feed_id)
        if feed is None or not feed.enabled:
            return "unwatched"
        if push.body is None or await self._is_stale(push):
            await self._target.poll_now(feed.id)
            return "polled_instead"
        await self._examined(feed, push.body, push.content_type)
        return "examined"

    async def _examined(self, feed: Feed, body: bytes, content_type: str | None) -> None:
        """Waiting for a server that is gone is the group's business: the poller would wait for ever."""
        try:
            async with asyncio.timeout(EXAMINE_SECONDS):
                await self._target.examine_pushed(feed, body, content_type)
        except Stopped as stopped:
            raise UnavailableError("ingest is stopping") from stopped
        except TimeoutError as error:
            if reason := self._target.waiting_for:
                raise UnavailableError(reason) from error
            raise WorkerTimeoutError(f"not read within {EXAMINE_SECONDS} s") from error

    async def _is_stale(self, push: FeedPush) -> bool:
        state = (await self._states.states([push.feed_id])).get(push.feed_id)
        return state is not None and state.last_success_at is not None and state.last_success_at > push.at
