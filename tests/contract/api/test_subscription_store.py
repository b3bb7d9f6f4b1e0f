"""What the subscription store keeps, on both databases."""

from datetime import timedelta

from shared.model.outcome import Delivered
from shared.model.subscription import Filter
from shared.store.deliveries import DeliveryStore
from shared.store.subscriptions import SubscriptionStore
from tests.contract.api.claiming import attempt, claim, states
from tests.unit.services.api.samples import NOW, message, subscription


async def test_a_subscription_comes_back_as_it_was_stored(subscriptions: SubscriptionStore) -> None:
    wanted = Filter(min_severity=3, categories=("arms",), languages=("ko",), reasons=("correction",))
    stored = subscription(filter=wanted, description="пост · 초소", sealed_secret=b"\x00\xff")
    await subscriptions.create(stored)
    assert await subscriptions.get(stored.id) == stored
    assert await subscriptions.get("nobody") is None


async def test_the_list_goes_on_after_the_last_id(subscriptions: SubscriptionStore) -> None:
    stored = [subscription(name) for name in ("a", "b", "c")]
    for each in stored:
        await subscriptions.create(each)
    assert await subscriptions.list(None, 2) == tuple(stored[:2])
    assert await subscriptions.list("sub-b", 2) == tuple(stored[2:])
    assert await subscriptions.all() == tuple(stored)


async def test_disabling_holds_what_is_pending_and_enabling_makes_it_due(
    subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    await subscriptions.create(subscription())
    await deliveries.enqueue(message(1), ["sub-desk"], NOW)
    assert await subscriptions.disable("sub-desk")
    await deliveries.enqueue(message(2), ["sub-desk"], NOW)
    assert await states(deliveries) == ["held", "held"]
    assert await claim(deliveries, NOW) == ()
    later = NOW + timedelta(hours=1)
    assert await subscriptions.enable("sub-desk", later)
    assert len(await claim(deliveries, later)) == 2


async def test_deleting_gives_up_what_was_on_its_way(
    subscriptions: SubscriptionStore, deliveries: DeliveryStore
) -> None:
    await subscriptions.create(subscription())
    await deliveries.enqueue(message(1), ["sub-desk"], NOW)
    (under_way,) = await claim(deliveries, NOW)
    await deliveries.enqueue(message(2), ["sub-desk"], NOW)
    assert await subscriptions.delete("sub-desk", NOW)
    assert await states(deliveries) == ["dead", "dead"]
    assert not await deliveries.settle(under_way.delivery, attempt(under_way), Delivered(), NOW)
    assert await states(deliveries) == ["dead", "dead"]
    assert await subscriptions.get("sub-desk") is None


async def test_verbs_on_a_subscription_that_does_not_exist_say_so(subscriptions: SubscriptionStore) -> None:
    assert not await subscriptions.enable("nobody", NOW)
    assert not await subscriptions.disable("nobody")
    assert not await subscriptions.delete("nobody", NOW)
