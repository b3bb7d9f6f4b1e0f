"""The api service: alerts become deliveries, deliveries are sent, and everything is served over HTTP."""

import asyncio
import secrets
import socket
import uuid
from dataclasses import dataclass
from datetime import timedelta

from fastapi import FastAPI

from services.api.alerts_handler import AlertsHandler
from services.api.app import create_app
from services.api.dependencies import ApiState
from services.api.dispatcher import Dispatcher, DispatchLimits
from services.api.keys import sealing_keys
from services.api.sealing import Sealer
from shared.lifecycle import live_together
from shared.processor import Processor
from shared.runtime import Runtime, consumer_group, prepare, readiness, run_group
from shared.serving import listen, serve
from shared.store.alerts import AlertStore
from shared.store.deliveries import DeliveryStore
from shared.store.feeds import FeedStore
from shared.store.ledger import LedgerStore
from shared.store.stories import StoryStore
from shared.store.subscriptions import SubscriptionStore
from shared.topics import DELIVER_GROUP


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiService:
    """The parts of the service, built and not yet running."""

    app: FastAPI
    dispatcher: Dispatcher
    deliver: Processor


def build(runtime: Runtime) -> ApiService:
    """Raises SettingsError when there is no key to seal secrets with."""
    settings = runtime.settings
    sealer = Sealer(sealing_keys(settings.secret_keys, settings.sqlite_path))
    deliveries = DeliveryStore(runtime.database)
    subscriptions = SubscriptionStore(runtime.database)
    dispatcher = Dispatcher(
        owner=uuid.uuid4().hex,
        queue=deliveries,
        client=runtime.webhooks,
        sealer=sealer,
        clock=runtime.wall,
        random=runtime.random,
        metrics=runtime.metrics,
        limits=DispatchLimits(lease=timedelta(seconds=settings.delivery_lease_seconds)),
    )
    handler = AlertsHandler(
        subscriptions=subscriptions, deliveries=deliveries, wake=dispatcher.wake, clock=runtime.wall
    )
    state = ApiState(
        stories=StoryStore(runtime.database),
        alerts=AlertStore(runtime.database),
        ledger=LedgerStore(runtime.database),
        feeds=FeedStore(runtime.database),
        subscriptions=subscriptions,
        deliveries=deliveries,
        sealer=sealer,
        address_policy=runtime.addresses,
        readiness=readiness(runtime),
        metrics=runtime.metrics,
        clock=runtime.clock,
        random_bytes=secrets.token_bytes,
        https_only=not settings.webhook_http,
        full_text=settings.full_text,
    )
    return ApiService(
        app=create_app(state),
        dispatcher=dispatcher,
        deliver=consumer_group(runtime, group=DELIVER_GROUP, handler=handler.handle),
    )


async def run(runtime: Runtime, stop: asyncio.Event, listener: socket.socket | None = None) -> None:
    """Serve until `stop` is set; `listener` is made from the settings unless given."""
    service = build(runtime)
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
            run_group(runtime, service.deliver, stop),
            service.dispatcher.run(),
            _stop_with(service.dispatcher, stop),
        )


async def _stop_with(dispatcher: Dispatcher, stop: asyncio.Event) -> None:
    await stop.wait()
    dispatcher.stop()
