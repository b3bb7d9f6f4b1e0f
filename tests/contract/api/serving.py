"""The api on real stores, asked without a network."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from services.api.app import create_app
from services.api.dependencies import ApiState
from services.extract.explaining.explainer import explain_stored
from shared.db import Database
from shared.errors import PactwatchError, StreamUnavailableError
from shared.http.addresses import AddressPolicy
from shared.metrics import Metrics
from shared.model.explanation import Explanation
from shared.model.tag import TaggedStory
from shared.probes import Readiness
from shared.store.alerts import AlertStore
from shared.store.deliveries import DeliveryStore
from shared.store.feed_overview import FeedOverview
from shared.store.feed_states import FeedStateStore
from shared.store.feeds import FeedStore
from shared.store.ledger import LedgerStore
from shared.store.stories import StoryStore
from shared.store.subscriptions import SubscriptionStore
from tests.contract.api.dispatching import SEALER
from tests.unit.services.api.samples import NOW

ALLOWED = "127.0.0.1:18099"


@dataclass(slots=True, kw_only=True)
class Serving:
    """A served api: its stores, the client to ask it with, and what the test may turn."""

    db: Database
    app: FastAPI
    client: AsyncClient
    world: "World"

    @property
    def stories(self) -> StoryStore:
        return StoryStore(self.db)

    @property
    def feeds(self) -> FeedStore:
        return FeedStore(self.db)

    @property
    def feed_states(self) -> FeedStateStore:
        return FeedStateStore(self.db)

    @property
    def subscriptions(self) -> SubscriptionStore:
        return SubscriptionStore(self.db)

    @property
    def deliveries(self) -> DeliveryStore:
        return DeliveryStore(self.db)


@dataclass(slots=True, kw_only=True)
class World:
    """The time, and whether the stream answers."""

    now: datetime = NOW
    stream_works: bool = True
    explainer_fault: PactwatchError | None = None

    def clock(self) -> datetime:
        return self.now

    async def check_stream(self) -> None:
        if not self.stream_works:
            raise StreamUnavailableError("no broker answers")

    async def explain(self, story: TaggedStory) -> Explanation:
        """As the explainer's process does, in this one."""
        if self.explainer_fault is not None:
            raise self.explainer_fault
        return explain_stored(story)


@asynccontextmanager
async def serving(db: Database, *, full_text: bool = True) -> AsyncIterator[Serving]:
    world = World()
    state = ApiState(
        stories=StoryStore(db),
        alerts=AlertStore(db),
        ledger=LedgerStore(db),
        explainer=world,
        feeds=FeedStore(db),
        feed_states=FeedStateStore(db),
        feed_overview=FeedOverview(db),
        subscriptions=SubscriptionStore(db),
        deliveries=DeliveryStore(db),
        sealer=SEALER,
        address_policy=AddressPolicy.named(endpoints=[ALLOWED]),
        readiness=Readiness(checks={"stream": world.check_stream, "database": db.check}),
        metrics=Metrics(),
        clock=world.clock,
        random_bytes=os.urandom,
        https_only=True,
        full_text=full_text,
    )
    app = create_app(state)
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://api") as client:
        yield Serving(db=db, app=app, client=client, world=world)
