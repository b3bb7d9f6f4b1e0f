"""Alerts from the stream become deliveries, once each, for whoever wants them or is owed them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.api.alerts_handler import AlertsHandler
from shared.errors import DecodeError
from shared.messages import ALERT, encode
from shared.model.alert import Alert
from shared.model.ids import message_id
from shared.model.subscription import Filter
from shared.ports import StreamRecord
from shared.store.deliveries import DeliveryStore
from shared.store.subscriptions import SubscriptionStore
from tests.contract.api.claiming import claim
from tests.samples import as_read
from tests.unit.services.api.samples import NOW, alert, subscription


def record_of(sample: Alert) -> StreamRecord:
    return as_read(encode(ALERT, sample, source="/extract", now=NOW), offset=7)


@pytest.fixture
def woken() -> list[str]:
    return []


@pytest.fixture
def handler(subscriptions: SubscriptionStore, deliveries: DeliveryStore, woken: list[str]) -> AlertsHandler:
    return AlertsHandler(
        subscriptions=subscriptions,
        deliveries=deliveries,
        wake=lambda: woken.append("woken"),
        clock=lambda: NOW,
    )


async def test_an_alert_becomes_a_delivery_for_each_subscription_that_wants_it(
    handler: AlertsHandler,
    subscriptions: SubscriptionStore,
    deliveries: DeliveryStore,
    woken: list[str],
) -> None:
    await subscriptions.create(subscription("all"))
    await subscriptions.create(subscription("severe", filter=Filter(min_severity=5)))
    assert await handler.handle(record_of(alert())) == ()
    (claimed,) = await claim(deliveries, NOW)
    assert claimed.subscription.id == "sub-all"
    assert claimed.message.id == message_id(alert().id)
    assert claimed.message.type == "alert.first_report"
    assert woken == ["woken"]


async def test_a_replayed_alert_is_not_sent_again_nor_to_whoever_subscribed_since(
    handler: AlertsHandler,
    subscriptions: SubscriptionStore,
    deliveries: DeliveryStore,
    woken: list[str],
) -> None:
    await subscriptions.create(subscription("early"))
    await handler.handle(record_of(alert()))
    await subscriptions.create(subscription("late", created_at=NOW + timedelta(days=1)))
    await handler.handle(record_of(alert()))
    await handler.handle(record_of(alert()))
    assert [each.subscription_id for each in await deliveries.list(limit=10)] == ["sub-early"]
    assert woken == ["woken"]


async def test_a_correction_reaches_whoever_was_told_even_where_the_filter_says_no(
    handler: AlertsHandler, subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    for name in ("told", "other"):
        wanted = Filter(reasons=("first_report",), min_severity=4 if name == "told" else 5)
        await subscriptions.create(subscription(name, filter=wanted))
    await handler.handle(record_of(alert()))
    correction = alert(id="alert-2", reason="correction", references=("alert-1",), sequence=2)
    await handler.handle(record_of(correction))
    sent = {(each.subscription_id, each.message_id) for each in await deliveries.list(limit=10)}
    assert sent == {("sub-told", message_id("alert-1")), ("sub-told", message_id("alert-2"))}


async def test_a_record_that_is_no_alert_is_refused_and_enqueues_nothing(
    handler: AlertsHandler, deliveries: DeliveryStore
) -> None:
    with pytest.raises(DecodeError):
        await handler.handle(replace(record_of(alert()), value=b"{}"))
    assert await deliveries.counts() == {}
