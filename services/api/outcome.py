"""What a receiver's answer, or its silence, decides about a delivery."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.http.retry_after import parse_retry_after
from shared.model.outcome import Dead, Delivered, DeliveryOutcome, DisableEndpoint, RetryAt
from shared.retry import DELIVERY, Randomness, RetryPolicy

GONE: Final = 410
OVERLOADED: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The receiver's answer: `retry_after` and `control` are its Retry-After and webhook-delivery headers."""

    status: int
    retry_after: str | None = None
    control: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """No whole answer came; `error` in words."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPolicy:
    """When to try again: `schedule`; overloaded receivers rest at least `floor`; Retry-After counts up to
    `longest_wait`."""

    schedule: RetryPolicy = DELIVERY
    floor: timedelta = timedelta(seconds=60)
    longest_wait: timedelta = timedelta(hours=24)


def decide(
    result: Answered | Unanswered, *, attempts: int, now: datetime, policy: DeliveryPolicy, random: Randomness
) -> DeliveryOutcome:
    """The outcome of the try that made `attempts` of them (1 for the first).

    Only 2xx is acceptance; a redirect is a failure and never followed. 410 or `webhook-delivery: disable`
    switches the endpoint off, `webhook-delivery: abort-message` gives this message up. Everything else is
    tried again until the schedule ends.
    """
    if isinstance(result, Answered):
        final = _final(result)
        if final is not None:
            return final
    delay = policy.schedule.delay_after(attempts, random)
    if delay is None:
        return Dead(reason=f"not accepted in {attempts} attempts")
    return RetryAt(due_at=now + max(delay, _asked_wait(result, now, policy)))


def _final(answer: Answered) -> DeliveryOutcome | None:
    control = (answer.control or "").strip().lower()
    accepted = 200 <= answer.status <= 299
    if answer.status == GONE or control == "disable":
        reason = f"the endpoint answered {answer.status} {control}".strip()
        return DisableEndpoint(reason=reason, accepted=accepted)
    if accepted:
        return Delivered()
    if control == "abort-message":
        return Dead(reason="the endpoint gave the message up")
    return None


def _asked_wait(result: Answered | Unanswered, now: datetime, policy: DeliveryPolicy) -> timedelta:
    if isinstance(result, Unanswered):
        return timedelta()
    floor = policy.floor if result.status in OVERLOADED else timedelta()
    asked = parse_retry_after(result.retry_after, now) or timedelta()
    return max(floor, min(asked, policy.longest_wait))
