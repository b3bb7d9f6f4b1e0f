"""Subscribing at hubs: asked, verified, renewed, denied, left, and shared among processes."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.db import Database
from shared.store.feeds import FeedStore
from tests.contract.api.hub import LEASE_SECONDS, Hub, running_hub
from tests.contract.api.hubbing import FEED, TOPIC, Desk, hubbing
from tests.unit.services.api.samples import NOW

LEASE = timedelta(seconds=LEASE_SECONDS)


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture
async def other_hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture
async def desk(database: Database, hub: Hub, other_hub: Hub) -> AsyncIterator[Desk]:
    async with hubbing(database, hub, other_hub) as desk:
        yield desk


async def test_a_feed_with_a_hub_is_subscribed_and_the_hub_is_answered(desk: Desk, hub: Hub) -> None:
    await desk.tell(hub.url)
    await desk.turn()
    (form,) = hub.requests
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", TOPIC)
    assert form["hub.callback"].startswith(f"{desk.public_url}/websub/")
    assert len(form["hub.secret"]) >= 40
    assert len(hub.subscribers) == 1
    found = await desk.subscription()
    assert (found.state, found.lease_until, found.failures) == ("verified", NOW + LEASE, 0)


async def test_a_hub_that_asks_back_before_it_answers_is_believed(desk: Desk, hub: Hub) -> None:
    hub.at_once = True
    await desk.tell(hub.url)
    await desk.turn()
    found = await desk.subscription()
    assert (found.state, found.failures) == ("verified", 0)


async def test_a_lease_is_renewed_in_time_with_the_same_callback(desk: Desk, hub: Hub) -> None:
    await desk.tell(hub.url)
    await desk.turn()
    desk.now += LEASE * 0.79
    await desk.turn()
    assert len(hub.requests) == 1
    desk.now += LEASE * 0.02
    await desk.turn()
    assert len(hub.requests) == 2
    assert hub.requests[0]["hub.callback"] == hub.requests[1]["hub.callback"]
    assert (await desk.subscription()).lease_until == desk.now + LEASE


async def test_a_lease_that_cannot_be_renewed_ends_and_is_had_again_later(desk: Desk, hub: Hub) -> None:
    await desk.tell(hub.url)
    await desk.turn()
    hub.status = 503
    desk.now += LEASE * 0.81
    await desk.turn()
    found = await desk.subscription()
    assert (found.state, found.lease_until) == ("verified", NOW + LEASE)
    assert "503" in (found.last_error or "")
    desk.now = NOW + LEASE
    await desk.turn()
    assert (await desk.subscription()).state == "expired"
    hub.status = 202
    desk.now += timedelta(days=1)
    await desk.turn()
    assert (await desk.subscription()).state == "verified"


async def test_a_hub_that_is_down_is_asked_again_until_it_is_back(desk: Desk, hub: Hub) -> None:
    hub.status = 500
    await desk.tell(hub.url)
    await desk.turn()
    found = await desk.subscription()
    assert (found.state, found.last_error) == (
        "failed",
        "The request failed before a whole answer arrived: the hub answered 500: the hub is not well",
    )
    await desk.turn()
    assert len(hub.requests) == 1, "not before its time"
    hub.status = 202
    desk.now += timedelta(minutes=2)
    await desk.turn()
    assert (await desk.subscription()).state == "verified"


async def test_a_hub_that_verifies_late_is_still_welcome(desk: Desk, hub: Hub) -> None:
    hub.verifies = False
    await desk.tell(hub.url)
    await desk.turn()
    assert (await desk.subscription()).state == "asked"
    desk.now += timedelta(hours=3)
    hub.verifies = True
    await hub.follow_up(hub.requests[0])
    assert (await desk.subscription()).state == "verified"


async def test_a_hub_that_asks_about_another_topic_gets_404(desk: Desk, hub: Hub) -> None:
    hub.asks_about = "https://wire.example/another.xml"
    await desk.tell(hub.url)
    await desk.turn()
    assert hub.refusals == [404]
    assert hub.subscribers == {}
    assert (await desk.subscription()).state == "asked"


async def test_a_denial_is_remembered_with_its_reason(desk: Desk, hub: Hub) -> None:
    hub.denies = "customers only"
    await desk.tell(hub.url)
    await desk.turn()
    found = await desk.subscription()
    assert (found.state, found.last_error) == ("denied", "the hub denied the subscription: customers only")
    desk.now += timedelta(hours=23)
    await desk.turn()
    assert len(hub.requests) == 1


async def test_a_removed_feed_is_unsubscribed_and_its_callback_is_gone(
    desk: Desk, hub: Hub, database: Database
) -> None:
    await desk.tell(hub.url)
    await desk.turn()
    await FeedStore(database).remove(FEED.id)
    await desk.turn()
    assert [form["hub.mode"] for form in hub.requests] == ["subscribe", "unsubscribe"]
    assert hub.subscribers == {}
    assert await desk.store.of_feed(FEED.id) == ()
    question = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "x", "hub.lease_seconds": "60"}
    path = hub.requests[0]["hub.callback"].removeprefix(desk.public_url)
    assert (await desk.served.client.get(path, params=question)).status_code == 404


async def test_a_disabled_feed_is_unsubscribed_even_where_the_hub_does_not_answer(
    desk: Desk, hub: Hub, database: Database
) -> None:
    await desk.tell(hub.url)
    await desk.turn()
    hub.status = 500
    async with database.write() as connection:
        await connection.exec_driver_sql("UPDATE feeds SET enabled = FALSE")
    for _ in range(3):
        await desk.turn()
        desk.now += timedelta(days=1)
    assert len(hub.requests) == 4
    assert await desk.store.of_feed(FEED.id) == ()


async def test_a_feed_that_changes_its_hub_leaves_the_old_one(desk: Desk, hub: Hub, other_hub: Hub) -> None:
    await desk.tell(hub.url)
    await desk.turn()
    desk.now += timedelta(minutes=1)
    await desk.tell(other_hub.url)
    await desk.turn()
    assert (len(hub.subscribers), len(other_hub.subscribers)) == (0, 1)
    assert (await desk.subscription()).hub == other_hub.url


async def test_a_feed_that_names_no_hub_any_more_is_left_to_polls(desk: Desk, hub: Hub) -> None:
    await desk.tell(hub.url)
    await desk.turn()
    desk.now += timedelta(minutes=1)
    await desk.tell(None)
    await desk.turn()
    assert hub.subscribers == {}
    assert await desk.store.of_feed(FEED.id) == ()


async def test_what_was_told_earlier_does_not_come_back_by_replay(
    desk: Desk, hub: Hub, other_hub: Hub
) -> None:
    later = NOW + timedelta(minutes=1)
    await desk.tell(hub.url)
    await desk.tell(other_hub.url, at=later)
    await desk.tell(hub.url, at=NOW)
    await desk.tell(None, at=NOW)
    await desk.turn()
    assert hub.requests == []
    assert len(other_hub.requests) == 1
    assert (await desk.subscription()).hub == other_hub.url


async def test_several_processes_ask_a_hub_once(database: Database, hub: Hub) -> None:
    async with hubbing(database, hub, replicas=4) as desk:
        await desk.tell(hub.url)
        await desk.turn()
        assert len(hub.requests) == 1


async def test_a_hub_may_send_us_on_to_another(desk: Desk, hub: Hub, other_hub: Hub) -> None:
    hub.elsewhere = other_hub.url
    await desk.tell(hub.url)
    await desk.turn()
    assert len(other_hub.subscribers) == 1
    assert (await desk.subscription()).state == "verified"


async def test_hubs_that_send_us_round_and_round_are_a_failure(desk: Desk, hub: Hub) -> None:
    hub.elsewhere = hub.url
    await desk.tell(hub.url)
    await desk.turn()
    assert len(hub.requests) == 4
    assert (await desk.subscription()).state == "failed"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:22/", "http://10.0.0.1/", "ftp://hub.example/", "https://hub.example:22/"]
)
async def test_a_hub_that_is_no_public_address_is_not_asked(desk: Desk, address: str) -> None:
    await desk.tell(address)
    assert await desk.store.of_feed(FEED.id) == ()


async def test_a_hub_named_without_encryption_is_asked_with_it(desk: Desk) -> None:
    await desk.tell("http://hub.example/")
    assert (await desk.subscription()).hub == "https://hub.example/"
