"""Running dispatchers for tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from services.api.dependencies import DeliveryQueue
from services.api.dispatcher import Dispatcher, DispatchLimits
from services.api.outcome import DeliveryPolicy
from services.api.sealing import Sealer, SealingKeys
from services.api.signing import new_secret
from shared.http.addresses import AddressPolicy
from shared.http.client import GuardedClient
from shared.metrics import Metrics
from shared.model.subscription import Subscription
from shared.model.times import Clock, utc_now
from shared.retry import RetryPolicy
from shared.store.subscriptions import SubscriptionStore
from tests.contract.api.receiver import Receiver
from tests.unit.services.api.samples import subscription

SECRET = new_secret(b"s" * 32)
SEALER = Sealer(SealingKeys.generate())
SOON = timedelta(milliseconds=10)
QUICK = DispatchLimits(
    deadline=timedelta(seconds=10),
    poll=timedelta(milliseconds=50),
    policy=DeliveryPolicy(schedule=RetryPolicy(delays=(SOON, SOON, SOON)), floor=SOON),
    unavailable=RetryPolicy(delays=(SOON,), endless=True),
)


@dataclass(slots=True)
class Running:
    """A dispatcher and the task it runs in."""

    dispatcher: Dispatcher
    task: asyncio.Task[None]
    metrics: Metrics = field(default_factory=Metrics)

    async def kill(self) -> None:
        """End it as a crash would: nothing it began is settled."""
        self.task.cancel()
        await asyncio.wait({self.task})

    async def stop(self) -> None:
        self.dispatcher.stop()
        await self.task


@asynccontextmanager
async def dispatching(
    queue: DeliveryQueue,
    *receivers: Receiver,
    owner: str = "one",
    limits: DispatchLimits = QUICK,
    clock: Clock = utc_now,
) -> AsyncIterator[Running]:
    """A running dispatcher that may reach the receivers; stopped at the end, finishing what is under way."""
    policy = AddressPolicy.named(endpoints=[receiver.endpoint for receiver in receivers])
    async with GuardedClient(policy=policy, user_agent="test", connections_per_host=100) as client:
        metrics = Metrics()
        dispatcher = Dispatcher(
            owner=owner,
            queue=queue,
            client=client,
            sealer=SEALER,
            clock=clock,
            random=lambda: 0.5,
            metrics=metrics,
            limits=limits,
        )
        running = Running(dispatcher, asyncio.create_task(dispatcher.run()), metrics)
        try:
            yield running
        finally:
            dispatcher.stop()
            await asyncio.wait({running.task})


async def subscribe(store: SubscriptionStore, receiver: Receiver, name: str = "desk") -> Subscription:
    made = subscription(name, url=receiver.url, sealed_secret=SEALER.seal(SECRET))
    await store.create(made)
    return made
