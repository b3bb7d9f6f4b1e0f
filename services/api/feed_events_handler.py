"""Changes of feeds' health from the topic `feed-events` become messages to whoever wants to know."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog

from services.api.dependencies import SubscriptionReader
from services.api.feed_rendering import DIGEST_TYPE, feed_message_type, render_digest, render_feed_event
from services.api.matching import wants_feed
from shared.messages import FEED_EVENT, decode
from shared.model.health import FeedEvent
from shared.model.ids import message_id
from shared.model.subscription import Message, Subscription
from shared.model.times import Clock
from shared.ports import OutgoingRecord, StreamRecord
from shared.store.feed_messages import Grouping

log = structlog.get_logger()


class FeedMessageInbox(Protocol):
    """Where word of feeds is left; the first call for a message decides, a repeat gives 0."""

    async def enqueue(
        self, message: Message, subscription_ids: Sequence[str], now: datetime, grouping: Grouping, /
    ) -> int: ...


class FeedEventsHandler:
    """Handles the topic `feed-events` for the group `report`: decode ▸ match ▸ enqueue ▸ wake.

    Safe to replay as alerts are. A subscription that was sent more than `Grouping.most` such messages in a
    few minutes gets the rest as one, so that a broken provider is not hundreds of messages.
    """

    def __init__(
        self,
        *,
        subscriptions: SubscriptionReader,
        messages: FeedMessageInbox,
        wake: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._subscriptions = subscriptions
        self._messages = messages
        self._wake = wake
        self._clock = clock

    async def handle(self, record: StreamRecord) -> Sequence[OutgoingRecord]:
        """Nothing is published. Raises DecodeError, SchemaFromFutureError, DatabaseUnavailableError."""
        event = decode(FEED_EVENT, record)
        now = self._clock()
        message = Message(
            id=message_id(event.id),
            type=feed_message_type(event),
            subject_id=event.id,
            body=render_feed_event(event),
            created_at=now,
        )
        wanting = feed_recipients(event, await self._subscriptions.all())
        grouping = Grouping(type=DIGEST_TYPE, extend=partial(render_digest, event))
        enqueued = await self._messages.enqueue(message, wanting, now, grouping)
        if enqueued:
            self._wake()
        log.info("feed_event_enqueued", event_id=event.id, feed=event.feed_url, deliveries=enqueued)
        return ()


def feed_recipients(event: FeedEvent, subscriptions: Iterable[Subscription]) -> tuple[str, ...]:
    """The ids of the subscriptions that want it, disabled ones among them: what comes for them is held."""
    return tuple(each.id for each in subscriptions if wants_feed(each.filter, event))
