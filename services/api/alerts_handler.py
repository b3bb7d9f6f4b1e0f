"""Turns alerts from the stream into deliveries."""

from collections.abc import Callable, Iterable, Sequence

import structlog

from services.api.dependencies import DeliveryInbox, SubscriptionReader
from services.api.matching import matches, owed_to_all_told
from services.api.rendering import message_type, render
from shared.messages import ALERT, decode
from shared.model.alert import Alert
from shared.model.ids import message_id
from shared.model.subscription import Message, Subscription
from shared.model.times import Clock
from shared.ports import OutgoingRecord, StreamRecord

log = structlog.get_logger()


class AlertsHandler:
    """Handles the topic `alerts` for the group `deliver`: decode ▸ match ▸ enqueue ▸ wake the dispatcher.

    Safe to replay: the first handling of an alert decides who gets it, once each; a subscription made later
    does not get it by replay.
    """

    def __init__(
        self,
        *,
        subscriptions: SubscriptionReader,
        deliveries: DeliveryInbox,
        wake: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._wake = wake
        self._clock = clock

    async def handle(self, record: StreamRecord) -> Sequence[OutgoingRecord]:
        """Nothing is published. Raises DecodeError, SchemaFromFutureError, DatabaseUnavailableError."""
        alert = decode(ALERT, record)
        now = self._clock()
        recipients = await self._recipients(alert)
        message = Message(
            id=message_id(alert.id),
            type=message_type(alert),
            subject_id=alert.id,
            body=render(alert),
            created_at=now,
        )
        enqueued = await self._deliveries.enqueue(message, recipients, now)
        if enqueued:
            self._wake()
        log.info("alert_enqueued", alert=alert.id, reason=alert.reason, deliveries=enqueued)
        return ()

    async def _recipients(self, alert: Alert) -> tuple[str, ...]:
        subscriptions = await self._subscriptions.all()
        told: frozenset[str] = frozenset()
        if owed_to_all_told(alert):
            told = await self._deliveries.told(tuple(map(message_id, alert.references)))
        return recipients(alert, subscriptions, told)


def recipients(alert: Alert, subscriptions: Iterable[Subscription], told: frozenset[str]) -> tuple[str, ...]:
    """The ids of the subscriptions that want the alert or, for a correction, were told what it corrects.

    Disabled ones are among them: what comes for them is held.
    """
    return tuple(
        subscription.id
        for subscription in subscriptions
        if subscription.id in told or matches(subscription.filter, alert)
    )
