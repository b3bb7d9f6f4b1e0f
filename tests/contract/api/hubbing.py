"""An api that asks hubs to push to it, for tests: served on loopback, at a time the test sets."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.api.websub.callback import HubCallback
from services.api.websub.hubs_handler import HubsHandler
from services.api.websub.subscriber import HubSubscriber
from shared.db import Database
from shared.errors import StreamUnavailableError
from shared.http.addresses import AddressPolicy
from shared.http.client import GuardedClient
from shared.messages import FEED_HUB, FEED_PUSH, decode, encode
from shared.metrics import Metrics
from shared.model.feed import Feed
from shared.model.ids import feed_id
from shared.model.websub import FeedHub, FeedPush, HubSubscription
from shared.ports import OutgoingRecord
from shared.serving import listen, serve
from shared.store.feeds import FeedStore
from shared.store.websub import HubSubscriptionStore
from tests.contract.api.dispatching import SEALER
from tests.contract.api.hub import Hub
from tests.contract.api.serving import Serving, serving
from tests.samples import as_read
from tests.unit.services.api.samples import NOW

TOPIC = "https://wire.example/feed.xml"
FEED = Feed(
    id=feed_id("https://wire.example/feed"),
    url="https://wire.example/feed",
    name="Sample Wire",
    outlet="sample-wire",
    language="en",
)


@dataclass(slots=True)
class Outlet:
    """A publisher that keeps what it is given, unless the stream is gone."""

    records: list[OutgoingRecord] = field(default_factory=list)
    works: bool = True

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        if not self.works:
            raise StreamUnavailableError("no broker answers")
        self.records += records

    async def close(self) -> None:
        """Nothing is held."""

    @property
    def pushes(self) -> list[FeedPush]:
        return [decode(FEED_PUSH, as_read(record)) for record in self.records]


@dataclass(slots=True, kw_only=True)
class Desk:
    """The parts under test. `turn` does what is due now and lets the hubs finish."""

    served: Serving
    store: HubSubscriptionStore
    handler: HubsHandler
    subscribers: tuple[HubSubscriber, ...]
    hubs: tuple[Hub, ...]
    outlet: Outlet
    metrics: Metrics
    public_url: str

    @property
    def now(self) -> datetime:
        return self.served.world.now

    @now.setter
    def now(self, moment: datetime) -> None:
        self.served.world.now = moment

    async def tell(self, hub: str | None, *, topic: str = TOPIC, at: datetime | None = None) -> None:
        """As ingest tells of the feed's hub."""
        told = FeedHub(feed_id=FEED.id, hub=hub, topic=topic if hub else None, at=at or self.now)
        await self.handler.handle(as_read(encode(FEED_HUB, told, source="/ingest", now=self.now)))

    async def turn(self) -> None:
        await asyncio.gather(*(subscriber.turn() for subscriber in self.subscribers))
        for hub in self.hubs:
            await hub.settled()

    async def subscription(self) -> HubSubscription:
        """The only one there is."""
        (found,) = await self.store.of_feed(FEED.id)
        return found


@asynccontextmanager
async def hubbing(database: Database, *hubs: Hub, replicas: int = 1) -> AsyncIterator[Desk]:
    """A desk that may reach these hubs, and watches `FEED`."""
    stop = asyncio.Event()
    listener = listen("127.0.0.1", 0)
    public_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    policy = AddressPolicy.named(endpoints=[hub.endpoint for hub in hubs])
    async with serving(database) as served, GuardedClient(policy=policy, user_agent="test") as client:
        store, metrics, outlet = HubSubscriptionStore(database), Metrics(), Outlet()
        callback = HubCallback(
            store=store,
            sealer=SEALER,
            clock=served.world.clock,
            random=lambda: 0.5,
            metrics=metrics,
            legacy=False,
        )
        callback.publisher = outlet
        served.app.state.api = replace(served.app.state.api, hubs=callback)
        subscribers = tuple(
            HubSubscriber(
                store=store,
                client=client,
                addresses=policy,
                sealer=SEALER,
                public_url=public_url,
                clock=served.world.clock,
                random=lambda: 0.5,
                metrics=metrics,
            )
            for _ in range(replicas)
        )
        handler = HubsHandler(
            store=store,
            sealer=SEALER,
            addresses=policy,
            wake=subscribers[0].wake,
            clock=served.world.clock,
            random_bytes=os.urandom,
        )
        await FeedStore(database).add(FEED, NOW)
        task = asyncio.create_task(serve(served.app, listener, stop))
        try:
            yield Desk(
                served=served,
                store=store,
                handler=handler,
                subscribers=subscribers,
                hubs=hubs,
                outlet=outlet,
                metrics=metrics,
                public_url=public_url,
            )
        finally:
            stop.set()
            await task
