"""Whatever happens in whatever order, no delivery is ever stranded."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.db import Database
from shared.model.outcome import Dead, Delivered, DeliveryOutcome, DisableEndpoint, RetryAt
from shared.store.deliveries import DeliveryStore
from shared.store.delivery_rows import ClaimedDelivery
from shared.store.subscriptions import SubscriptionStore
from shared.tables import metadata
from tests.contract.api.claiming import LEASE, attempt, claim
from tests.unit.services.api.samples import NOW, message, subscription

NAMES = ("a", "b")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("enqueue"), st.integers(0, 5)),
        st.tuples(st.just("claim"), st.integers(1, 4)),
        st.tuples(st.just("settle"), st.integers(0, 4)),
        st.tuples(st.just("pass_time"), st.sampled_from([1, 30, 61])),
        st.tuples(st.sampled_from(["enable", "disable", "delete"]), st.integers(0, 1)),
    ),
    max_size=25,
)


@dataclass(slots=True, kw_only=True)
class World:
    """The stores, the time, and what is claimed and not settled."""

    subscriptions: SubscriptionStore
    deliveries: DeliveryStore
    now: datetime = NOW
    claimed: list[ClaimedDelivery] = field(default_factory=list)

    async def enqueue(self, number: int) -> None:
        await self.deliveries.enqueue(message(number), [f"sub-{name}" for name in NAMES], self.now)

    async def claim(self, limit: int) -> None:
        owner = f"owner-{limit}"
        self.claimed += await claim(self.deliveries, self.now, owner=owner, limit=limit, per_subscription=2)

    async def settle(self, choice: int) -> None:
        outcomes: tuple[Callable[[], DeliveryOutcome], ...] = (
            Delivered,
            lambda: RetryAt(due_at=self.now + timedelta(seconds=20)),
            lambda: Dead(reason="given up"),
            lambda: DisableEndpoint(reason="gone"),
            lambda: DisableEndpoint(reason="gone", accepted=True),
        )
        if self.claimed:
            done = self.claimed.pop(0)
            tried = attempt(done, (self.now - NOW).total_seconds())
            await self.deliveries.settle(done.delivery, tried, outcomes[choice](), self.now)

    async def pass_time(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    async def enable(self, which: int) -> None:
        await self.subscriptions.enable(f"sub-{NAMES[which]}", self.now)

    async def disable(self, which: int) -> None:
        await self.subscriptions.disable(f"sub-{NAMES[which]}")

    async def delete(self, which: int) -> None:
        await self.subscriptions.delete(f"sub-{NAMES[which]}", self.now)

    async def check(self) -> None:
        switches = {each.id: each.enabled for each in await self.subscriptions.all()}
        for delivery in await self.deliveries.list(limit=1000):
            enabled = switches.get(delivery.subscription_id)
            leased = (delivery.owner is not None, delivery.lease_until is not None)
            match delivery.state:
                case "pending":
                    assert enabled is True, "only what can be claimed is pending"
                    assert leased == (False, False)
                case "leased":
                    assert enabled is not None
                    assert leased == (True, True)
                case "held":
                    assert enabled is False, "held only while somebody can release it"
                    assert leased == (False, False)
                case "delivered" | "dead":
                    assert delivery.settled_at is not None
                    assert leased == (False, False)

    async def drain(self) -> None:
        """With everything enabled and time passing, every delivery comes to its end."""
        for which in range(len(NAMES)):
            await self.enable(which)
        for _ in range(30):
            if set(await self.deliveries.counts()) <= {"delivered", "dead"}:
                return
            self.now += 2 * LEASE
            self.claimed = list(await claim(self.deliveries, self.now))
            while self.claimed:
                await self.settle(0)
        raise AssertionError(await self.deliveries.counts())


async def run(steps: list[tuple[str, int]]) -> None:
    db = Database("sqlite+aiosqlite:///:memory:")
    try:
        async with db.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        world = World(subscriptions=SubscriptionStore(db), deliveries=DeliveryStore(db))
        for name in NAMES:
            await world.subscriptions.create(subscription(name))
        for verb, argument in steps:
            await getattr(world, verb)(argument)
            await world.check()
        await world.drain()
    finally:
        await db.close()


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_no_delivery_is_ever_without_an_end_a_due_time_or_a_live_lease(steps: list[tuple[str, int]]) -> None:
    asyncio.run(run(steps))
