"""A dispatcher between a real store and real receivers."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from aiohttp import web

from shared.model.subscription import Attempt, Delivery
from shared.model.times import utc_now
from shared.store.deliveries import DeliveryStore
from shared.store.subscriptions import SubscriptionStore
from tests.contract.api.dispatching import QUICK, SECRET, dispatching, subscribe
from tests.contract.api.receiver import accept, in_turn, never, receiving
from tests.unit.services.api.samples import message, subscription
from tests.waiting import until

HOUR = timedelta(hours=1)


def settled(deliveries: DeliveryStore, **wanted: int) -> Callable[[], Awaitable[bool]]:
    async def reached() -> bool:
        return await deliveries.counts() == wanted

    return reached


async def the_one(deliveries: DeliveryStore) -> tuple[Delivery, tuple[Attempt, ...]]:
    (delivery,) = await deliveries.list(limit=10)
    attempts = await deliveries.attempts([delivery.id])
    return delivery, tuple(attempts.get(delivery.id, ()))


async def test_a_message_arrives_once_signed_with_exactly_the_stored_bytes(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    async with receiving() as receiver, dispatching(deliveries, receiver) as running:
        await subscribe(subscriptions, receiver)
        await deliveries.enqueue(message(), ["sub-desk"], utc_now())
        running.dispatcher.wake()
        await until(settled(deliveries, delivered=1))
    (request,) = receiver.requests
    request.verify(SECRET)
    assert request.body == message().body
    assert request.message_id == message().id
    assert request.headers["content-type"] == "application/json"
    _, (attempt,) = await the_one(deliveries)
    assert (attempt.number, attempt.status, attempt.error) == (1, 204, None)
    assert b'webhook_attempts_total{outcome="Delivered",status_class="2xx"} 1.0' in running.metrics.render()


async def test_a_failing_receiver_gets_the_same_bytes_and_id_again(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    answers = in_turn(web.Response(status=500, text="not\x00 now"), web.Response(status=503))
    async with receiving(answers) as receiver, dispatching(deliveries, receiver):
        await subscribe(subscriptions, receiver)
        await deliveries.enqueue(message(), ["sub-desk"], utc_now())
        await until(settled(deliveries, delivered=1))
    assert len(receiver.requests) == 3
    assert len({(request.message_id, request.body) for request in receiver.requests}) == 1
    for request in receiver.requests:
        request.verify(SECRET)
    _, attempts = await the_one(deliveries)
    assert [attempt.status for attempt in attempts] == [500, 503, 204]
    assert attempts[0].excerpt == "not\ufffd now"


async def test_after_the_last_attempt_a_delivery_is_dead_and_kept(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    answers = in_turn(*(web.Response(status=500) for _ in range(10)))
    async with receiving(answers) as receiver, dispatching(deliveries, receiver):
        await subscribe(subscriptions, receiver)
        await deliveries.enqueue(message(), ["sub-desk"], utc_now())
        await until(settled(deliveries, dead=1))
    assert len(receiver.requests) == 4
    assert len((await the_one(deliveries))[1]) == 4


async def test_retry_after_is_obeyed(deliveries: DeliveryStore, subscriptions: SubscriptionStore) -> None:
    answers = in_turn(web.Response(status=429, headers={"Retry-After": "3600"}))
    async with receiving(answers) as receiver, dispatching(deliveries, receiver):
        await subscribe(subscriptions, receiver)
        began = utc_now()
        await deliveries.enqueue(message(), ["sub-desk"], began)
        await until(lambda: receiver.got(1))
        await until(settled(deliveries, pending=1))
    delivery, _ = await the_one(deliveries)
    assert began + HOUR <= delivery.due_at <= utc_now() + HOUR


async def test_an_endpoint_that_is_gone_is_disabled_and_left_alone(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    answers = in_turn(web.Response(status=410))
    async with receiving(answers) as receiver, dispatching(deliveries, receiver):
        await subscribe(subscriptions, receiver)
        await deliveries.enqueue(message(1), ["sub-desk"], utc_now())
        await until(settled(deliveries, held=1))
        await deliveries.enqueue(message(2), ["sub-desk"], utc_now())
        assert await deliveries.counts() == {"held": 2}
        await subscriptions.enable("sub-desk", utc_now())
        await until(settled(deliveries, delivered=2))
    assert len(receiver.requests) == 3


async def test_a_redirect_is_a_failure_and_its_target_is_never_asked(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    async with receiving() as canary:
        moved = in_turn(*(web.Response(status=307, headers={"Location": canary.url}) for _ in range(10)))
        async with receiving(moved) as receiver, dispatching(deliveries, receiver, canary):
            await subscribe(subscriptions, receiver)
            await deliveries.enqueue(message(), ["sub-desk"], utc_now())
            await until(settled(deliveries, dead=1))
    assert canary.requests == []


async def test_an_address_that_is_not_public_gets_nothing(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    async with receiving() as canary, dispatching(deliveries):
        await subscribe(subscriptions, canary)
        await deliveries.enqueue(message(), ["sub-desk"], utc_now())
        await until(settled(deliveries, dead=1))
    assert canary.requests == []
    _, attempts = await the_one(deliveries)
    assert attempts[0].status is None
    assert "not a public one" in (attempts[0].error or "")


async def test_a_receiver_that_never_answers_costs_its_deadline_and_delays_nobody_else(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    limits = replace(QUICK, concurrency=8, per_endpoint=4, deadline=timedelta(seconds=60), lease=HOUR)
    async with (
        receiving(never) as slow,
        receiving() as quick,
        dispatching(deliveries, slow, quick, limits=limits) as running,
    ):
        await subscribe(subscriptions, slow, "slow")
        await subscribe(subscriptions, quick, "quick")
        for number in range(20):
            await deliveries.enqueue(message(number), ["sub-slow", "sub-quick"], utc_now())
        await until(lambda: quick.got(20))
        assert len(slow.requests) <= 4
        await running.kill()


async def test_no_answer_within_the_deadline_is_a_failed_attempt(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    limits = replace(QUICK, deadline=timedelta(milliseconds=100))
    async with receiving(never) as receiver, dispatching(deliveries, receiver, limits=limits):
        await subscribe(subscriptions, receiver)
        await deliveries.enqueue(message(), ["sub-desk"], utc_now())
        await until(settled(deliveries, dead=1))
    _, attempts = await the_one(deliveries)
    assert {attempt.status for attempt in attempts} == {None}
    assert "no whole answer within" in (attempts[0].error or "")


async def test_an_endless_answer_is_not_read(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    answers = in_turn(web.Response(status=200, text="x" * 10_000_000))
    async with receiving(answers) as receiver, dispatching(deliveries, receiver):
        await subscribe(subscriptions, receiver)
        await deliveries.enqueue(message(), ["sub-desk"], utc_now())
        await until(settled(deliveries, delivered=1))
    _, (attempt,) = await the_one(deliveries)
    assert attempt.excerpt == "x" * 1024


async def test_two_dispatchers_on_one_database_deliver_once_each(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    async with (
        receiving() as receiver,
        dispatching(deliveries, receiver, owner="one"),
        dispatching(deliveries, receiver, owner="two"),
    ):
        await subscribe(subscriptions, receiver)
        for number in range(40):
            await deliveries.enqueue(message(number), ["sub-desk"], utc_now())
        await until(settled(deliveries, delivered=40))
    arrived = [request.message_id for request in receiver.requests]
    assert len(arrived) == len(set(arrived)) == 40


async def test_the_work_of_a_killed_dispatcher_is_taken_over_when_its_lease_ends(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    async with receiving(never) as stuck, dispatching(deliveries, stuck) as first:
        await subscribe(subscriptions, stuck)
        await deliveries.enqueue(message(), ["sub-desk"], utc_now())
        await until(lambda: stuck.got(1))
        await first.kill()
    assert await deliveries.counts() == {"leased": 1}

    def after_the_lease() -> datetime:
        return utc_now() + 2 * QUICK.lease

    limits = replace(QUICK, deadline=timedelta(milliseconds=100))
    async with dispatching(deliveries, stuck, owner="two", limits=limits, clock=after_the_lease):
        await until(settled(deliveries, dead=1))


async def test_stopping_finishes_what_is_under_way(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    async def answer(before: int) -> web.Response:
        running.dispatcher.stop()
        return await accept(before)

    async with receiving(answer) as receiver, dispatching(deliveries, receiver) as running:
        await subscribe(subscriptions, receiver)
        await deliveries.enqueue(message(), ["sub-desk"], utc_now())
        await running.task
        assert await deliveries.counts() == {"delivered": 1}


async def test_a_secret_that_no_key_opens_is_a_failed_attempt_and_harms_nobody_else(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    async with receiving() as receiver, dispatching(deliveries, receiver):
        await subscriptions.create(subscription("broken", url=receiver.url, sealed_secret=b"foreign"))
        await subscribe(subscriptions, receiver)
        await deliveries.enqueue(message(), ["sub-broken", "sub-desk"], utc_now())
        await until(settled(deliveries, delivered=1, dead=1))
    assert len(receiver.requests) == 1


async def test_bodies_travel_unchanged_whatever_they_hold(
    deliveries: DeliveryStore, subscriptions: SubscriptionStore
) -> None:
    body = json.dumps({"text": "위성 · спутник", "x": "\u0000"}).encode()
    async with receiving() as receiver, dispatching(deliveries, receiver):
        await subscribe(subscriptions, receiver)
        await deliveries.enqueue(replace(message(), body=body), ["sub-desk"], utc_now())
        await until(settled(deliveries, delivered=1))
    assert receiver.requests[0].body == body
