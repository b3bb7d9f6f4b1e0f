"""Changes of feeds' health become messages, once each, and not hundreds at a time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from services.api.feed_events_handler import FeedEventsHandler
from shared.db import Database
from shared.errors import DecodeError
from shared.messages import FEED_EVENT, encode
from shared.model.health import FeedEvent
from shared.model.ids import message_id
from shared.model.subscription import Filter
from shared.ports import StreamRecord
from shared.store.deliveries import DeliveryStore
from shared.store.feed_messages import FeedMessageStore
from shared.store.subscriptions import SubscriptionStore
from shared.tables import subscriptions as subscription_table
from tests.contract.api.claiming import claim
from tests.contract.api.serving import Serving
from tests.samples import as_read
from tests.unit.services.api.samples import NOW, feed_event, subscription

MANY = 30
LATER = timedelta(minutes=6)


class Desk:
    """The handler at a time the test sets."""

    def __init__(self, database: Database) -> None:
        self.now = NOW
        self.woken = 0
        self.handler = FeedEventsHandler(
            subscriptions=SubscriptionStore(database),
            messages=FeedMessageStore(database),
            wake=self.wake,
            clock=lambda: self.now,
        )

    def wake(self) -> None:
        self.woken += 1

    async def tell(self, *events: FeedEvent) -> None:
        for event in events:
            assert await self.handler.handle(record_of(event)) == ()


def record_of(event: FeedEvent) -> StreamRecord:
    return as_read(encode(FEED_EVENT, event, source="/ingest", now=NOW), offset=7)


def many_events() -> list[FeedEvent]:
    return [feed_event(feed=f"feed-{number}") for number in range(MANY)]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def sent(deliveries: DeliveryStore, desk: Desk, *, to: str = "sub-all") -> list[Any]:
    """What the subscription would be sent now."""
    claimed = await claim(deliveries, desk.now, per_subscription=1000)
    return [msgspec.json.decode(each.message.body) for each in claimed if each.subscription.id == to]


async def test_a_change_goes_to_whoever_wants_word_of_feeds_in_that_language(
    desk: Desk, subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    await subscriptions.create(subscription("all"))
    await subscriptions.create(subscription("alerts-only", filter=Filter(feeds=False)))
    await subscriptions.create(subscription("korean", filter=Filter(languages=("ko",))))
    await desk.tell(feed_event())
    (claimed,) = await claim(deliveries, NOW)
    assert claimed.subscription.id == "sub-all"
    assert claimed.message.id == message_id(feed_event().id)
    assert (claimed.message.type, claimed.message.subject_id) == ("feed.unhealthy", feed_event().id)
    assert desk.woken == 1


async def test_a_replayed_change_is_not_sent_again_nor_to_whoever_subscribed_since(
    desk: Desk, subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    await subscriptions.create(subscription("early"))
    await desk.tell(feed_event())
    await subscriptions.create(subscription("late"))
    await desk.tell(feed_event(), feed_event())
    assert [each.subscription_id for each in await deliveries.list(limit=10)] == ["sub-early"]
    assert desk.woken == 1


async def test_many_changes_at_once_become_one_message_after_the_first_twenty(
    desk: Desk, subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    await subscriptions.create(subscription("all"))
    await desk.tell(*many_events())
    assert [message["type"] for message in await sent(deliveries, desk)] == ["feed.unhealthy"] * 20
    desk.now += LATER
    (digest,) = [each for each in await sent(deliveries, desk) if each["type"] == "feed.changes"]
    assert digest["type"] == "feed.changes"
    assert digest["data"]["headline"] == "Feeds: 10 became unhealthy, 0 recovered"
    assert [change["feed_id"] for change in digest["data"]["changes"]] == [
        f"feed-{number}" for number in range(20, MANY)
    ]


async def test_replaying_many_changes_tells_none_of_them_twice(
    desk: Desk, subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    await subscriptions.create(subscription("all"))
    events = many_events()
    await desk.tell(*events[:25])
    await desk.tell(*events)
    desk.now += LATER
    await desk.tell(*events)
    told = await sent(deliveries, desk)
    names = [message["data"].get("feed_id") for message in told if message["type"] != "feed.changes"]
    (digest,) = [message for message in told if message["type"] == "feed.changes"]
    names += [change["feed_id"] for change in digest["data"]["changes"]]
    assert sorted(names) == sorted(f"feed-{number}" for number in range(MANY))


async def test_a_digest_that_may_have_been_sent_is_not_changed_any_more(
    desk: Desk, subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    await subscriptions.create(subscription("all"))
    events = many_events()
    await desk.tell(*events[:22])
    await subscriptions.disable("sub-all")
    await subscriptions.enable("sub-all", NOW)
    await desk.tell(events[22])
    told = await sent(deliveries, desk)
    (digest,) = [message for message in told if message["type"] == "feed.changes"]
    assert [change["feed_id"] for change in digest["data"]["changes"]] == ["feed-20", "feed-21"]
    assert "feed-22" in [message["data"].get("feed_id") for message in told]


async def test_after_the_period_changes_are_told_one_by_one_again(
    desk: Desk, subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    await subscriptions.create(subscription("all"))
    await desk.tell(*many_events())
    desk.now += LATER
    await sent(deliveries, desk)
    await desk.tell(feed_event(1, kind="recovered", health="healthy"))
    (recovered,) = await sent(deliveries, desk)
    assert (recovered["type"], recovered["data"]["feed_id"]) == ("feed.recovered", "feed-1")


async def test_what_comes_for_a_disabled_subscription_is_held_for_it(
    desk: Desk, subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    await subscriptions.create(subscription("all", enabled=False))
    await desk.tell(*many_events())
    assert await deliveries.counts() == {"held": 21}


async def test_a_filter_stored_before_there_was_word_of_feeds_asks_for_it(
    database: Database, desk: Desk, subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    await subscriptions.create(subscription("all"))
    old = {"min_severity": 3, "categories": [], "languages": [], "reasons": []}
    async with database.write() as connection:
        await connection.execute(sa.update(subscription_table).values(filter=old))
    await desk.tell(feed_event())
    assert len(await sent(deliveries, desk)) == 1


async def test_a_record_that_is_no_feed_event_is_refused_and_enqueues_nothing(
    desk: Desk, deliveries: DeliveryStore
) -> None:
    with pytest.raises(DecodeError):
        await desk.handler.handle(replace(record_of(feed_event()), value=b"{}"))
    assert await deliveries.counts() == {}


async def test_the_api_lists_such_deliveries_and_lets_subscribers_decline_them(
    api: Serving, desk: Desk
) -> None:
    wanted = {"url": "https://receiver.example/hook", "filter": {"feeds": False}}
    made = (await api.client.post("/v1/subscriptions", json=wanted)).json()["subscription"]
    assert made["filter"]["feeds"] is False
    await api.client.post("/v1/subscriptions", json={"url": "https://receiver.example/other"})
    await desk.tell(feed_event())
    (listed,) = (await api.client.get("/v1/deliveries")).json()["items"]
    assert listed["message_id"] == message_id(feed_event().id)
    assert listed["subscription_id"] != made["id"]
