"""A queue whose database is sometimes gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import DatabaseUnavailableError
from shared.model.outcome import DeliveryOutcome
from shared.model.subscription import Attempt, Delivery
from shared.store.deliveries import DeliveryStore
from shared.store.delivery_rows import ClaimedDelivery


@dataclass(slots=True, kw_only=True)
class InterruptedQueue:
    """The store, except that the next `failing_claims` and `failing_settles` fail.

    With `lost_commits` a failing settle was stored all the same, as when the connection breaks at the commit.
    """

    store: DeliveryStore
    failing_claims: int = 0
    failing_settles: int = 0
    lost_commits: bool = False

    async def claim(
        self, *, owner: str, now: datetime, limit: int, lease: timedelta, per_subscription: int
    ) -> Sequence[ClaimedDelivery]:
        if self.failing_claims > 0:
            self.failing_claims -= 1
            raise DatabaseUnavailableError("gone")
        return await self.store.claim(
            owner=owner, now=now, limit=limit, lease=lease, per_subscription=per_subscription
        )

    async def settle(
        self, delivery: Delivery, attempt: Attempt, outcome: DeliveryOutcome, now: datetime
    ) -> bool:
        if self.failing_settles > 0:
            self.failing_settles -= 1
            if self.lost_commits:
                await self.store.settle(delivery, attempt, outcome, now)
            raise DatabaseUnavailableError("gone")
        return await self.store.settle(delivery, attempt, outcome, now)
