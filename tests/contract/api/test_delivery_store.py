"""Claims, leases and settlements of deliveries, on both databases."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shared.db import Database
from shared.errors import InputError
from shared.model.ids import delivery_id, message_id
from shared.model.outcome import Dead, Delivered, DisableEndpoint, RetryAt
from shared.model.subscription import Delivery
from shared.store.deliveries import DeliveryStore
from shared.store.subscriptions import SubscriptionStore
from shared.tables import messages
from tests.contract.api.claiming import LEASE, attempt, claim, states
from tests.unit.services.api.samples import NOW, message, subscription


@pytest.fixture(autouse=True)
async def two_subscriptions(subscriptions: SubscriptionStore) -> None:
    await subscriptions.create(subscription("a"))
    await subscriptions.create(subscription("b"))


async def test_a_message_becomes_one_delivery_for_each_subscription_that_exists(
    deliveries: DeliveryStore,
) -> None:
    assert await deliveries.enqueue(message(), ["sub-a", "sub-b", "nobody"], NOW) == 2
    first, second = await deliveries.list(limit=10)
    assert {first.subscription_id, second.subscription_id} == {"sub-a", "sub-b"}
    assert first.state == "pending"
    assert first.due_at == NOW
    assert await deliveries.get(first.id) == first
    assert await deliveries.told([message().id]) == {"sub-a", "sub-b"}


async def test_enqueuing_again_changes_nothing_even_with_more_subscriptions(
    deliveries: DeliveryStore,
) -> None:
    await deliveries.enqueue(message(), ["sub-a"], NOW)
    (claimed,) = await claim(deliveries, NOW)
    await deliveries.settle(claimed.delivery, attempt(claimed), Delivered(), NOW)
    assert await deliveries.enqueue(message(), ["sub-a", "sub-b"], NOW) == 0
    assert await states(deliveries) == ["delivered"]


async def test_a_message_nobody_wants_is_remembered_as_handled(deliveries: DeliveryStore) -> None:
    assert await deliveries.enqueue(message(), [], NOW) == 0
    assert await deliveries.enqueue(message(), ["sub-a"], NOW) == 0
    assert await deliveries.counts() == {}


async def test_the_same_message_enqueued_by_many_at_once_is_enqueued_once(deliveries: DeliveryStore) -> None:
    made = await asyncio.gather(*(deliveries.enqueue(message(), ["sub-a", "sub-b"], NOW) for _ in range(8)))
    assert sorted(made) == [0] * 7 + [2]
    assert await deliveries.counts() == {"pending": 2}


async def test_message_and_deliveries_are_stored_together_or_not_at_all(
    database: Database, deliveries: DeliveryStore
) -> None:
    clash = delivery_id(message(1).id, "sub-a")
    await deliveries.enqueue(message(2), ["sub-a"], NOW)
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE deliveries SET id = :id"), {"id": clash})
    with pytest.raises(sa.exc.IntegrityError):
        await deliveries.enqueue(message(1), ["sub-a"], NOW)
    async with database.read() as connection:
        assert (await connection.execute(sa.select(messages.c.id))).scalars().all() == [message(2).id]


async def test_a_claim_brings_all_that_is_needed_to_send(deliveries: DeliveryStore) -> None:
    await deliveries.enqueue(message(), ["sub-a"], NOW)
    (claimed,) = await claim(deliveries, NOW)
    assert claimed.message == message()
    assert claimed.subscription == subscription("a")
    assert claimed.delivery.state == "leased"
    assert claimed.delivery.owner == "one"
    assert claimed.delivery.lease_until == NOW + LEASE
    assert claimed.delivery.claims == 1


async def test_what_is_leased_or_not_yet_due_is_left_alone(deliveries: DeliveryStore) -> None:
    await deliveries.enqueue(message(1), ["sub-a"], NOW)
    await deliveries.enqueue(message(2), ["sub-a"], NOW + timedelta(seconds=1))
    assert len(await claim(deliveries, NOW)) == 1
    assert await claim(deliveries, NOW, owner="two") == ()
    assert len(await claim(deliveries, NOW + timedelta(seconds=1), owner="two")) == 1


async def test_a_lease_that_ran_out_is_taken_over_and_its_first_holder_decides_nothing(
    deliveries: DeliveryStore,
) -> None:
    await deliveries.enqueue(message(), ["sub-a"], NOW)
    (first,) = await claim(deliveries, NOW)
    later = NOW + LEASE + timedelta(seconds=1)
    (second,) = await claim(deliveries, later, owner="two")
    retry = RetryAt(due_at=later + timedelta(hours=1))
    assert not await deliveries.settle(first.delivery, attempt(first, 70, status=500), retry, later)
    assert await states(deliveries) == ["leased"]
    assert await deliveries.settle(second.delivery, attempt(second, 71), Delivered(), later)
    recorded = (await deliveries.attempts([first.delivery.id]))[first.delivery.id]
    assert [(each.number, each.status) for each in recorded] == [(1, 500), (2, 200)]


async def test_a_later_claim_of_the_same_owner_is_not_settled_by_an_earlier_one(
    deliveries: DeliveryStore,
) -> None:
    await deliveries.enqueue(message(), ["sub-a"], NOW)
    (first,) = await claim(deliveries, NOW)
    later = NOW + LEASE + timedelta(seconds=1)
    await claim(deliveries, later)
    assert not await deliveries.settle(first.delivery, attempt(first), Dead(reason="late"), later)
    assert await states(deliveries) == ["leased"]


async def test_an_expired_lease_that_nobody_took_may_still_be_settled(deliveries: DeliveryStore) -> None:
    await deliveries.enqueue(message(), ["sub-a"], NOW)
    (claimed,) = await claim(deliveries, NOW)
    later = NOW + 2 * LEASE
    assert await deliveries.settle(claimed.delivery, attempt(claimed), Delivered(), later)
    (delivery,) = await deliveries.list(limit=1)
    assert (delivery.state, delivery.settled_at, delivery.owner) == ("delivered", later, None)


async def test_settling_twice_records_one_attempt(deliveries: DeliveryStore) -> None:
    await deliveries.enqueue(message(), ["sub-a"], NOW)
    (claimed,) = await claim(deliveries, NOW)
    retry = RetryAt(due_at=NOW + timedelta(seconds=5))
    for _ in range(2):
        await deliveries.settle(claimed.delivery, attempt(claimed, status=500), retry, NOW)
    (delivery,) = await deliveries.list(limit=1)
    assert (delivery.state, delivery.attempts) == ("pending", 1)
    assert delivery.due_at == NOW + timedelta(seconds=5)
    assert len((await deliveries.attempts([delivery.id]))[delivery.id]) == 1


async def test_a_delivery_that_kills_whoever_tries_is_dead_after_ten_claims(
    deliveries: DeliveryStore,
) -> None:
    await deliveries.enqueue(message(), ["sub-a"], NOW)
    moments = [NOW + number * 2 * LEASE for number in range(12)]
    claims = [len(await claim(deliveries, moment)) for moment in moments]
    assert claims == [1] * 10 + [0, 0]
    (delivery,) = await deliveries.list(limit=1)
    assert delivery.state == "dead"
    (why,) = (await deliveries.attempts([delivery.id]))[delivery.id]
    assert why.error == "given up: claimed 10 times without an end"


async def test_twelve_failed_attempts_are_no_crashes(deliveries: DeliveryStore) -> None:
    await deliveries.enqueue(message(), ["sub-a"], NOW)
    for number in range(15):
        now = NOW + number * 2 * LEASE
        (claimed,) = await claim(deliveries, now)
        failed = attempt(claimed, number * 120, status=500)
        assert await deliveries.settle(claimed.delivery, failed, RetryAt(due_at=now), now)
    assert await states(deliveries) == ["pending"]


async def test_a_backlog_for_one_endpoint_does_not_hold_up_another(deliveries: DeliveryStore) -> None:
    for number in range(20):
        await deliveries.enqueue(message(number), ["sub-a"], NOW)
    await deliveries.enqueue(message(99), ["sub-b"], NOW + timedelta(seconds=1))
    now = NOW + timedelta(seconds=1)
    first = await claim(deliveries, now, limit=2)
    assert {each.subscription.id for each in first} == {"sub-a", "sub-b"}
    second = await claim(deliveries, now)
    assert [each.subscription.id for each in second] == ["sub-a"] * 4
    assert await claim(deliveries, now) == ()


async def test_many_claimers_at_once_never_get_the_same_delivery(deliveries: DeliveryStore) -> None:
    for number in range(40):
        await deliveries.enqueue(message(number), ["sub-a", "sub-b"], NOW)
    taken: list[str] = []

    async def worker(owner: str) -> None:
        for _ in range(20):
            got = await claim(deliveries, NOW, owner=owner, limit=3, per_subscription=1000)
            taken.extend(each.delivery.id for each in got)

    await asyncio.gather(*(worker(f"owner-{number}") for number in range(5)))
    assert len(taken) == len(set(taken)) == 80


async def test_an_endpoint_that_is_gone_is_disabled_and_everything_for_it_is_held(
    subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    for number in range(3):
        await deliveries.enqueue(message(number), ["sub-a"], NOW)
    first, second = await claim(deliveries, NOW, limit=2)
    gone = DisableEndpoint(reason="410")
    assert await deliveries.settle(first.delivery, attempt(first, status=410), gone, NOW)
    assert await deliveries.counts() == {"held": 2, "leased": 1}
    retry = RetryAt(due_at=NOW)
    assert await deliveries.settle(second.delivery, attempt(second, status=500), retry, NOW)
    assert await deliveries.counts() == {"held": 3}
    disabled = await subscriptions.get("sub-a")
    assert disabled is not None
    assert not disabled.enabled


async def test_a_lease_that_ends_while_the_subscription_is_disabled_leaves_the_delivery_held(
    subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    await deliveries.enqueue(message(), ["sub-a"], NOW)
    await claim(deliveries, NOW)
    await subscriptions.disable("sub-a")
    assert await claim(deliveries, NOW + 2 * LEASE) == ()
    assert await states(deliveries) == ["held"]


async def test_the_list_goes_on_after_an_id_and_selects(deliveries: DeliveryStore) -> None:
    for number in range(5):
        await deliveries.enqueue(message(number), ["sub-a", "sub-b"], NOW + timedelta(seconds=number))
    whole = await deliveries.list(limit=100)
    assert [each.created_at for each in whole] == sorted(each.created_at for each in whole)
    pages: list[Delivery] = []
    after: str | None = None
    while page := await deliveries.list(after_id=after, limit=3):
        pages.extend(page)
        after = page[-1].id
    assert tuple(pages) == whole
    only_a = await deliveries.list(limit=100, subscription_id="sub-a")
    assert {each.subscription_id for each in only_a} == {"sub-a"}
    assert len(only_a) == 5
    assert await deliveries.list(limit=100, state="dead") == ()
    with pytest.raises(InputError):
        await deliveries.list(after_id="nothing", limit=1)


async def test_who_was_told_is_known_by_message(deliveries: DeliveryStore) -> None:
    await deliveries.enqueue(message(1), ["sub-a"], NOW)
    await deliveries.enqueue(message(2), ["sub-b"], NOW)
    assert await deliveries.told([message_id("alert-1"), message_id("alert-7")]) == {"sub-a"}
    assert await deliveries.told([]) == frozenset()
