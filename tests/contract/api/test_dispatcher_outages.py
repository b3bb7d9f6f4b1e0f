"""A dispatcher whose database comes and goes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.model.times import utc_now
from shared.store.deliveries import DeliveryStore
from shared.store.subscriptions import SubscriptionStore
from tests.contract.api.dispatching import QUICK, dispatching, subscribe
from tests.contract.api.outages import InterruptedQueue
from tests.contract.api.receiver import receiving
from tests.unit.services.api.samples import message
from tests.waiting import until


@pytest.mark.parametrize("lost_commits", [False, True])
async def test_while_the_database_is_gone_results_wait_and_nothing_is_sent_twice(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore, lost_commits: bool
) -> None:
    queue = InterruptedQueue(
        store=deliveries, failing_claims=3, failing_settles=20, lost_commits=lost_commits
    )
    # Leases end while the results cannot be stored: claiming again would send again.
    limits = replace(QUICK, lease=timedelta(milliseconds=1))
    async with receiving() as receiver:
        await subscribe(subscriptions, receiver)
        for number in range(3):
            await deliveries.enqueue(message(number), ["sub-desk"], utc_now())
        async with dispatching(queue, receiver, limits=limits):

            async def delivered() -> bool:
                return await deliveries.counts() == {"delivered": 3} and queue.failing_settles == 0

            await until(delivered)
    assert len(receiver.requests) == 3
    for delivery in await deliveries.list(limit=10):
        assert delivery.attempts == 1


async def test_the_wait_for_the_database_shows_in_the_metrics_and_ends(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    queue = InterruptedQueue(store=deliveries, failing_claims=10**9)
    async with receiving() as receiver, dispatching(queue, receiver) as running:
        await subscribe(subscriptions, receiver)
        await deliveries.enqueue(message(), ["sub-desk"], utc_now())

        async def shows(value: bytes) -> bool:
            return b'pactwatch_waiting{group="dispatch"} ' + value in running.metrics.render()

        await until(lambda: shows(b"1.0"))
        queue.failing_claims = 0
        await until(lambda: receiver.got(1))
        await until(lambda: shows(b"0.0"))


async def test_a_dispatcher_can_be_stopped_while_the_database_is_gone(deliveries: DeliveryStore) -> None:
    queue = InterruptedQueue(store=deliveries, failing_claims=10**9)
    async with receiving() as receiver, dispatching(queue, receiver) as running:
        await running.stop()
