"""What is done about a subscription at a hub, decided without asking anybody."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.model.websub import HubState, HubSubscription
from shared.retry import HUB, Randomness, RetryPolicy

Mode = Literal["subscribe", "unsubscribe"]
Receipt = Literal["unknown", "gone", "ignored", "handed_on"]
"""What became of a push: no such subscription, one we left, not signed as agreed, or on its way to ingest."""

LONGEST_CHALLENGE: Final = 1024
LONGEST_REASON: Final = 300
MOST_FAREWELLS: Final = 3
"""How often a hub is asked to forget us; then its pushes get 404, and the lease ends by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPolicy:
    """How hubs are dealt with.

    - `lease`: what we ask for. A hub gives what it likes: more than `longest_lease` counts as that.
    - `renew`: at which part of a lease it is asked for again, ± half of `spread`, never within `soonest`.
    - `patience`: how long a hub may take to verify what it accepted.
    - `retry`: how long after failures to ask again; `denied`: how long after a no.
    """

    lease: timedelta = timedelta(days=10)
    longest_lease: timedelta = timedelta(days=90)
    renew: float = 0.8
    spread: float = 0.1
    soonest: timedelta = timedelta(minutes=5)
    patience: timedelta = timedelta(minutes=10)
    denied: timedelta = timedelta(days=1)
    retry: RetryPolicy = HUB


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a hub asked our callback: its query, as it came."""

    mode: str
    topic: str
    challenge: str
    lease_seconds: str
    reason: str


def mode_for(subscription: HubSubscription) -> Mode:
    return "unsubscribe" if subscription.state == "leaving" else "subscribe"


def request_form(
    subscription: HubSubscription, *, callback: str, secret: str, lease: timedelta
) -> Mapping[str, str]:
    """The form that asks the hub for what the subscription's state calls for."""
    form = {
        "hub.mode": mode_for(subscription),
        "hub.topic": subscription.topic,
        "hub.callback": callback,
    }
    if subscription.state != "leaving":
        form |= {"hub.secret": secret, "hub.lease_seconds": str(round(lease.total_seconds()))}
    return form


def after_request(
    asked: HubSubscription, error: str | None, *, now: datetime, policy: HubPolicy, random: Randomness
) -> HubSubscription | None:
    """The subscription once the hub has answered, or not, to `error`; None to forget it.

    Accepted is not verified: until then each request counts as a failure, so that a hub that accepts
    everything and verifies nothing is asked ever more rarely.
    """
    failures = asked.failures + 1
    delay = policy.retry.delay_after(failures, random) or policy.patience
    if asked.state == "leaving":
        gone = failures >= MOST_FAREWELLS
        return None if gone else replace(asked, failures=failures, next_at=now + delay, last_error=error)
    alive = asked.lease_until is not None and asked.lease_until > now
    next_at = now + (delay if error else max(delay, policy.patience))
    if alive and asked.lease_until is not None:
        # Looked at again when the lease ends, so that it does not count as one for longer.
        next_at = min(next_at, asked.lease_until)
    state = "verified" if alive else _without_lease(asked, error)
    return replace(asked, state=state, failures=failures, next_at=next_at, last_error=error)


def _without_lease(asked: HubSubscription, error: str | None) -> HubState:
    if error is None:
        return "asked"
    return "failed" if asked.lease_until is None else "expired"


def after_intent(
    found: HubSubscription, intent: Intent, *, now: datetime, policy: HubPolicy, random: Randomness
) -> tuple[HubSubscription | None, bool]:
    """The subscription once the hub has asked or told us, None to forget it, and whether we agree.

    We agree to what we want: to subscribe unless leaving, to unsubscribe when leaving, each for the very
    topic, with a lease and a challenge that is text of reasonable length. A denial is always taken note of.
    """
    if intent.topic != found.topic:
        return found, False
    if intent.mode == "denied":
        return _denied(found, intent, now, policy), True
    if not _is_safe(intent.challenge):
        return found, False
    if intent.mode == "unsubscribe":
        return (None, True) if found.state == "leaving" else (found, False)
    lease = lease_of(intent.lease_seconds, policy)
    if intent.mode != "subscribe" or found.state == "leaving" or lease is None:
        return found, False
    share = policy.renew + policy.spread * (random() - 0.5)
    verified = replace(
        found,
        state="verified",
        lease_until=now + lease,
        next_at=now + max(lease * share, policy.soonest),
        failures=0,
        last_error=None,
    )
    return verified, True


def _denied(
    found: HubSubscription, intent: Intent, now: datetime, policy: HubPolicy
) -> HubSubscription | None:
    if found.state == "leaving":
        return None
    error, reason = "the hub denied the subscription", presentable(intent.reason)
    return replace(
        found,
        state="denied",
        lease_until=None,
        next_at=now + policy.denied,
        last_error=f"{error}: {reason}" if reason else error,
    )


def presentable(words: str) -> str:
    """What a hub says, as people may see it: printable, and not longer than they care to read."""
    return "".join(character for character in words if character.isprintable())[:LONGEST_REASON]


def _is_safe(challenge: str) -> bool:
    """Fit to be echoed: printable ASCII, neither empty nor long."""
    return 0 < len(challenge) <= LONGEST_CHALLENGE and challenge.isascii() and challenge.isprintable()


def lease_of(seconds: str, policy: HubPolicy) -> timedelta | None:
    """None for what is no positive number; the Recommendation forbids endless leases."""
    if not (seconds.isascii() and seconds.isdecimal()) or int(seconds[:12]) == 0:
        return None
    return min(timedelta(seconds=min(int(seconds[:12]), 10**9)), policy.longest_lease)
