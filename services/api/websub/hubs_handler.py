"""What ingest found out about hubs, from the topic `feed-hubs`, becomes subscriptions to ask for."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

import structlog

from services.api.sealing import Sealer
from services.api.websub.asking import hub_address
from shared.errors import InputError
from shared.http.addresses import AddressPolicy
from shared.http.urls import http_url
from shared.messages import FEED_HUB, decode
from shared.model.ids import websub_id
from shared.model.times import Clock
from shared.model.websub import FeedHub, HubSubscription
from shared.ports import OutgoingRecord, StreamRecord

TOKEN_BYTES: Final = 32
SECRET_BYTES: Final = 32
log = structlog.get_logger()


class WantedHubs(Protocol):
    """Which subscriptions we want; what was told earlier never overrules what was told later."""

    async def want(self, wanted: HubSubscription, /) -> bool: ...
    async def unwant(self, feed_id: str, told_at: datetime, now: datetime, /) -> None: ...


class HubsHandler:
    """Handles the topic `feed-hubs` for the group `websub`: decode ▸ check ▸ want ▸ wake. Safe to replay."""

    def __init__(
        self,
        *,
        store: WantedHubs,
        sealer: Sealer,
        addresses: AddressPolicy,
        wake: Callable[[], None],
        clock: Clock,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._addresses = addresses
        self._wake = wake
        self._clock = clock
        self._random_bytes = random_bytes

    async def handle(self, record: StreamRecord) -> Sequence[OutgoingRecord]:
        """Nothing is published. Raises DecodeError, SchemaFromFutureError, DatabaseUnavailableError."""
        told = decode(FEED_HUB, record)
        found = self._checked(told)
        if found is None:
            await self._store.unwant(told.feed_id, told.at, self._clock())
        elif await self._store.want(self._subscription(told, *found)):
            log.info("hub_wanted", feed=told.feed_id, hub=found[0], topic=found[1])
            self._wake()
        return ()

    def _checked(self, told: FeedHub) -> tuple[str, str] | None:
        """The hub as it is asked, and the topic exactly as it was told."""
        if told.hub is None or told.topic is None:
            return None
        try:
            http_url(told.topic)
            return hub_address(told.hub, self._addresses), told.topic
        except InputError as error:
            log.info("hub_refused", feed=told.feed_id, hub=told.hub[:200], error=error.detail)
            return None

    def _subscription(self, told: FeedHub, hub: str, topic: str) -> HubSubscription:
        return HubSubscription(
            id=websub_id(told.feed_id, hub, topic),
            feed_id=told.feed_id,
            hub=hub,
            topic=topic,
            token=_text(self._random_bytes(TOKEN_BYTES)),
            sealed_secret=self._sealer.seal(_text(self._random_bytes(SECRET_BYTES))),
            state="new",
            told_at=told.at,
            next_at=self._clock(),
        )


def _text(secret: bytes) -> str:
    return urlsafe_b64encode(secret).decode("ascii").rstrip("=")
