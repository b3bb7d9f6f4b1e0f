"""Making a subscription."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from services.api.sealing import Sealer
from services.api.signing import SECRET_BYTES, new_secret
from shared.model.subscription import Filter, Subscription


def new_subscription(
    *,
    url: str,
    description: str,
    wanted: Filter,
    sealer: Sealer,
    random_bytes: Callable[[int], bytes],
    now: datetime,
) -> tuple[Subscription, str]:
    """A subscription, and the secret that it holds sealed, to be shown once."""
    secret = new_secret(random_bytes(SECRET_BYTES))
    subscription = Subscription(
        id=str(UUID(bytes=random_bytes(16), version=4)),
        url=url,
        description=description,
        filter=wanted,
        sealed_secret=sealer.seal(secret),
        enabled=True,
        created_at=now,
    )
    return subscription, secret
