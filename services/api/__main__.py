"""The api service: alerts and word of feeds become deliveries, deliveries are sent, hubs are asked to push,
and everything is served over HTTP."""

import asyncio
import secrets
import socket
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta

from fastapi import FastAPI

from services.api.alerts_handler import AlertsHandler
from services.api.app import create_app
from services.api.dependencies import ApiState, Explainer
from services.api.dispatcher import Dispatcher, DispatchLimits
from services.api.feed_events_handler import FeedEventsHandler
from services.api.keys import sealing_keys
from services.api.sealing import Sealer
from services.api.websub.callback import HubCallback
from services.api.websub.hubs_handler import HubsHandler
from services.api.websub.subscriber import HubSubscriber
from shared.lifecycle import live_together
from shared.patience import Patience, Stopped
from shared.processor import Processor
from shared.runtime import Runtime, consumer_group, prepare, readiness, run_group
from shared.serving import listen, serve
from shared.store.alerts import AlertStore
from shared.store.deliveries import DeliveryStore
from shared.store.feed_messages import FeedMessageStore
from shared.store.feed_overview import FeedOverview
from shared.store.feed_states import FeedStateStore
from shared.store.feeds import FeedStore
from shared.store.ledger import LedgerStore
from shared.store.stories import StoryStore
from shared.store.subscriptions import SubscriptionStore
from shared.store.websub import HubSubscriptionStore
from shared.topics import DELIVER_GROUP, REPORT_GROUP, WEBSUB_GROUP


@dataclass(frozen=True, slots=True, kw_only=True)
class Hubs:
    """The WebSub parts; `subscriber` and `callback` are None unless the operator named a public address."""

    group: Processor
    subscriber: HubSubscriber | None
    callback: HubCallback | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiService:
    """The parts of the service, built and not yet running."""

    app: FastAPI
    dispatcher: Dispatcher
    groups: tuple[Processor, ...]
    hubs: Hubs


def build(runtime: Runtime, explainer: Explainer) -> ApiService:
    """Raises SettingsError when there is no key to seal secrets with."""
    settings = runtime.settings
    sealer = Sealer(sealing_keys(settings.secret_keys, settings.sqlite_path))
    dispatcher = Dispatcher(
        owner=uuid.uuid4().hex,
        queue=DeliveryStore(runtime.database),
        client=runtime.webhooks,
        sealer=sealer,
        clock=runtime.wall,
        random=runtime.random,
        metrics=runtime.metrics,
        limits=DispatchLimits(lease=timedelta(seconds=settings.delivery_lease_seconds)),
    )
    hubs = _hubs(runtime, sealer)
    return ApiService(
        app=create_app(_state(runtime, explainer, sealer, hubs.callback)),
        dispatcher=dispatcher,
        groups=(*_message_groups(runtime, dispatcher), hubs.group),
        hubs=hubs,
    )


def _message_groups(runtime: Runtime, dispatcher: Dispatcher) -> tuple[Processor, ...]:
    """The consume loops that leave messages for subscriptions."""
    subscriptions = SubscriptionStore(runtime.database)
    alerts = AlertsHandler(
        subscriptions=subscriptions,
        deliveries=DeliveryStore(runtime.database),
        wake=dispatcher.wake,
        clock=runtime.wall,
    )
    feed_events = FeedEventsHandler(
        subscriptions=subscriptions,
        messages=FeedMessageStore(runtime.database),
        wake=dispatcher.wake,
        clock=runtime.wall,
    )
    return (
        consumer_group(runtime, group=DELIVER_GROUP, handler=alerts.handle),
        consumer_group(runtime, group=REPORT_GROUP, handler=feed_events.handle),
    )


def _state(runtime: Runtime, explainer: Explainer, sealer: Sealer, hubs: HubCallback | None) -> ApiState:
    return ApiState(
        stories=StoryStore(runtime.database),
        alerts=AlertStore(runtime.database),
        ledger=LedgerStore(runtime.database),
        explainer=explainer,
        feeds=FeedStore(runtime.database),
        feed_states=FeedStateStore(runtime.database),
        feed_overview=FeedOverview(runtime.database),
        subscriptions=SubscriptionStore(runtime.database),
        deliveries=DeliveryStore(runtime.database),
        sealer=sealer,
        address_policy=runtime.addresses,
        readiness=readiness(runtime),
        metrics=runtime.metrics,
        clock=runtime.clock,
        random_bytes=secrets.token_bytes,
        https_only=not runtime.settings.webhook_http,
        full_text=runtime.settings.full_text,
        hubs=hubs,
    )


def _hubs(runtime: Runtime, sealer: Sealer) -> Hubs:
    """Which hubs there are is kept in mind even while none is asked."""
    store = HubSubscriptionStore(runtime.database)
    subscriber, callback = None, None
    if public_url := runtime.settings.public_url:
        subscriber = HubSubscriber(
            store=store,
            client=runtime.http,
            addresses=runtime.addresses,
            sealer=sealer,
            public_url=public_url,
            clock=runtime.wall,
            random=runtime.random,
            metrics=runtime.metrics,
        )
        callback = HubCallback(
            store=store,
            sealer=sealer,
            clock=runtime.wall,
            random=runtime.random,
            metrics=runtime.metrics,
            legacy=public_url.startswith("https:"),
        )
    handler = HubsHandler(
        store=store,
        sealer=sealer,
        addresses=runtime.addresses,
        wake=subscriber.wake if subscriber else lambda: None,
        clock=runtime.wall,
        random_bytes=secrets.token_bytes,
    )
    group = consumer_group(runtime, group=WEBSUB_GROUP, handler=handler.handle)
    return Hubs(group=group, subscriber=subscriber, callback=callback)


async def run(
    runtime: Runtime, stop: asyncio.Event, explainer: Explainer, listener: socket.socket | None = None
) -> None:
    """Serve until `stop` is set; `listener` is made from the settings unless given.

    `explainer` comes from outside, for only extract knows the rules, and services know nothing of each other.
    """
    service = build(runtime, explainer)
    listener = listener or listen(runtime.settings.host, runtime.settings.api_port)
    await live_together(
        stop,
        serve(service.app, listener, stop),
        _work(runtime, service, stop),
    )


async def _work(runtime: Runtime, service: ApiService, stop: asyncio.Event) -> None:
    await prepare(runtime, stop)
    if not stop.is_set():
        await live_together(
            stop,
            *(run_group(runtime, group, stop) for group in service.groups),
            service.dispatcher.run(),
            _stop_with(service.dispatcher, stop),
            *_hub_work(runtime, service.hubs, stop),
        )


def _hub_work(
    runtime: Runtime, hubs: Hubs, stop: asyncio.Event
) -> tuple[Coroutine[object, object, None], ...]:
    if hubs.subscriber is None or hubs.callback is None:
        return ()
    return hubs.subscriber.run(stop), _with_publisher(runtime, hubs.callback, stop)


async def _with_publisher(runtime: Runtime, callback: HubCallback, stop: asyncio.Event) -> None:
    patience = Patience(name="pushes", metrics=runtime.metrics, random=runtime.random, stop=stop)
    try:
        callback.publisher = await patience.insist(runtime.stream.publisher)
    except Stopped:
        return
    try:
        await stop.wait()
    finally:
        publisher, callback.publisher = callback.publisher, None
        await publisher.close()


async def _stop_with(dispatcher: Dispatcher, stop: asyncio.Event) -> None:
    await stop.wait()
    dispatcher.stop()
