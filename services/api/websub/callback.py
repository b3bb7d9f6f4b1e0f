"""What hubs ask and send: verification of intent, and documents on their way to ingest."""

import asyncio
import re
from collections.abc import AsyncIterable
from datetime import datetime
from typing import Final, Protocol

import structlog

from services.api.sealing import Sealer
from services.api.websub.policy import HubPolicy, Intent, Receipt, after_intent
from services.api.websub.signatures import is_signed
from shared.errors import BodyTooLargeError, FetchError, SettingsError, StreamUnavailableError
from shared.messages import FEED_PUSH, MAX_VALUE_BYTES, encode
from shared.metrics import Metrics
from shared.model.ids import push_id
from shared.model.times import Clock
from shared.model.websub import FeedPush, HubSubscription
from shared.ports import OutgoingRecord, Publisher
from shared.retry import Randomness

SOURCE: Final = "/api"
MAX_PUSH_BYTES: Final = 10 * 1024 * 1024
MAX_PUSH_SECONDS: Final = 30
AT_ONCE: Final = 16
"""How many pushed documents are in memory at a time; others wait their turn."""
LONGEST_TYPE: Final = 200
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

log = structlog.get_logger()


class CalledBack(Protocol):
    """Subscriptions by the secret end of their callback address, and what hubs told about them."""

    async def by_token(self, token: str, /) -> HubSubscription | None: ...
    async def told_by_hub(self, found: HubSubscription, after: HubSubscription | None, /) -> bool: ...
    async def pushed(self, subscription_id: str, at: datetime, /) -> None: ...


class HubCallback:
    """Answers hubs. `publisher` is set once the stream is there; until then pushes are not taken.

    `legacy` admits signatures with SHA-1.
    """

    def __init__(
        self,
        *,
        store: CalledBack,
        sealer: Sealer,
        clock: Clock,
        random: Randomness,
        metrics: Metrics,
        legacy: bool,
        policy: HubPolicy | None = None,
    ) -> None:
        self.publisher: Publisher | None = None
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._random = random
        self._metrics = metrics
        self._legacy = legacy
        self._policy = policy or HubPolicy()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def confirm(self, token: str, intent: Intent) -> str | None:
        """What to answer a hub that verifies or denies: the challenge, nothing for a denial; None for 404."""
        found = await self._found(token)
        if found is None:
            return None
        after, agreed = after_intent(
            found, intent, now=self._clock(), policy=self._policy, random=self._random
        )
        if agreed:
            agreed = await self._store.told_by_hub(found, after)
        mode = intent.mode if intent.mode in ("subscribe", "unsubscribe", "denied") else "other"
        self._metrics.hub_intents.labels(mode=mode, outcome="agreed" if agreed else "refused").inc()
        log.info("hub_intent", feed=found.feed_id, hub=found.hub, mode=mode, agreed=agreed)
        if not agreed:
            return None
        return "" if mode == "denied" else intent.challenge

    async def receive(
        self,
        token: str,
        chunks: AsyncIterable[bytes],
        *,
        signature: str | None,
        content_type: str | None,
        encoded: bool,
    ) -> Receipt:
        """Take a pushed document and hand it on; acknowledged by the stream when this returns `handed_on`.

        Nothing of the body is read for an unknown token. What is not signed as agreed is `ignored`, as the
        Recommendation has it. Raises BodyTooLargeError, FetchError when the body does not come in time, and
        UnavailableError. A body with a content coding (`encoded`) is signed but not ours to read.
        """
        found = await self._found(token)
        if found is None:
            return "unknown"
        if found.state == "leaving":
            return "gone"
        async with self._turns:
            body = await _whole(chunks)
            if not self._is_signed(found, signature, body):
                self._metrics.hub_pushes.labels(outcome="not_signed").inc()
                log.warning("push_not_signed", feed=found.feed_id, hub=found.hub, signed=bool(signature))
                return "ignored"
            await self._hand_on(found, content_type, None if encoded else body)
        return "handed_on"

    def _is_signed(self, found: HubSubscription, signature: str | None, body: bytes) -> bool:
        try:
            secret = self._sealer.unseal(found.sealed_secret)
        except SettingsError:
            return False
        return is_signed(signature, body, secret, legacy=self._legacy)

    async def _hand_on(self, found: HubSubscription, content_type: str | None, body: bytes | None) -> None:
        if self.publisher is None:
            raise StreamUnavailableError("not connected yet")
        now = self._clock()
        record = _record(found, content_type, body, now)
        whole = body is not None and len(record.value) <= MAX_VALUE_BYTES
        await self.publisher.publish([record if whole else _record(found, content_type, None, now)])
        self._metrics.hub_pushes.labels(outcome="handed_on" if whole else "poll_instead").inc()
        log.info("push_handed_on", feed=found.feed_id, hub=found.hub, size=len(body or b""), whole=whole)
        await self._store.pushed(found.id, now)

    async def _found(self, token: str) -> HubSubscription | None:
        return await self._store.by_token(token) if _TOKEN.fullmatch(token) else None


async def _whole(chunks: AsyncIterable[bytes]) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(MAX_PUSH_SECONDS):
            async for chunk in chunks:
                body += chunk
                if len(body) > MAX_PUSH_BYTES:
                    raise BodyTooLargeError(f"more than {MAX_PUSH_BYTES} bytes")
    except TimeoutError as error:
        raise FetchError(f"no whole body within {MAX_PUSH_SECONDS} s") from error
    return bytes(body)


def _record(
    found: HubSubscription, content_type: str | None, body: bytes | None, now: datetime
) -> OutgoingRecord:
    push = FeedPush(
        id=push_id(found.feed_id, now.isoformat(), body),
        feed_id=found.feed_id,
        topic=found.topic,
        content_type=content_type and content_type[:LONGEST_TYPE],
        body=body,
        at=now,
    )
    return encode(FEED_PUSH, push, source=SOURCE, now=now)
