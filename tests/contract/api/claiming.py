"""Short words for what the tests of deliveries do over and over."""

from datetime import datetime, timedelta

from shared.model.subscription import Attempt
from shared.store.deliveries import DeliveryStore
from shared.store.delivery_rows import ClaimedDelivery

LEASE = timedelta(seconds=60)


async def claim(
    store: DeliveryStore, now: datetime, *, owner: str = "one", limit: int = 100, per_subscription: int = 5
) -> tuple[ClaimedDelivery, ...]:
    return await store.claim(
        owner=owner, now=now, limit=limit, lease=LEASE, per_subscription=per_subscription
    )


def attempt(claimed: ClaimedDelivery, seconds: float = 0, status: int | None = 200) -> Attempt:
    return Attempt(
        delivery_id=claimed.delivery.id,
        number=claimed.delivery.attempts + 1,
        at=claimed.delivery.created_at + timedelta(seconds=seconds),
        elapsed=timedelta(milliseconds=20),
        status=status,
        error=None if status else "refused",
        excerpt="ok",
    )


async def states(store: DeliveryStore) -> list[str]:
    return [delivery.state for delivery in await store.list(limit=1000)]
