"""One try at delivering a claimed message: sign, POST, and tell what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.api.dependencies import HttpSender
from services.api.outcome import Answered, Unanswered
from services.api.sealing import Sealer
from services.api.signing import signed_headers
from shared.errors import PactwatchError
from shared.http.exchange import HttpLimits, HttpRequest
from shared.model.subscription import Attempt
from shared.model.times import Clock
from shared.store.delivery_rows import ClaimedDelivery

ANSWER_BYTES: Final = 4096
EXCERPT_BYTES: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A finished try: what the policy decides on, and what the log keeps."""

    result: Answered | Unanswered
    attempt: Attempt


async def try_once(
    claimed: ClaimedDelivery, *, client: HttpSender, sealer: Sealer, clock: Clock, deadline: timedelta
) -> Tried:
    """POST the stored bytes, signed for this moment; at most `deadline`, no redirect, 4 KiB read."""
    at = clock()
    try:
        request = _request(claimed, sealer, at, deadline)
        answer = await client.request(request)
    except PactwatchError as error:
        words = str(error)[:500]
        return Tried(result=Unanswered(error=words), attempt=_attempt(claimed, at, clock, error=words))
    result = Answered(
        status=answer.status,
        retry_after=answer.headers.get("Retry-After"),
        control=answer.headers.get("webhook-delivery"),
    )
    attempt = _attempt(claimed, at, clock, status=answer.status, excerpt=_excerpt(answer.body))
    return Tried(result=result, attempt=attempt)


def _request(claimed: ClaimedDelivery, sealer: Sealer, at: datetime, deadline: timedelta) -> HttpRequest:
    message = claimed.message
    secret = sealer.unseal(claimed.subscription.sealed_secret)
    headers = signed_headers((secret,), message.id, at, message.body)
    return HttpRequest(
        method="POST",
        url=claimed.subscription.url,
        headers={"content-type": "application/json", **headers},
        body=message.body,
        limits=HttpLimits(total=deadline, body_bytes=ANSWER_BYTES, max_redirects=0, truncate=True),
    )


def _attempt(
    claimed: ClaimedDelivery,
    at: datetime,
    clock: Clock,
    *,
    status: int | None = None,
    error: str | None = None,
    excerpt: str = "",
) -> Attempt:
    return Attempt(
        delivery_id=claimed.delivery.id,
        number=claimed.delivery.attempts + 1,
        at=at,
        elapsed=max(clock() - at, timedelta()),
        status=status,
        error=error,
        excerpt=excerpt,
    )


def _excerpt(body: bytes) -> str:
    """Text that any database takes: PostgreSQL refuses NUL."""
    return body[:EXCERPT_BYTES].decode("utf-8", "replace").replace("\x00", "\ufffd")
