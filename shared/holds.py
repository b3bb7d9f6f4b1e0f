"""When an answer asks for patience, and for how much of it. Pure; whoever asks servers goes by it."""

from datetime import datetime, timedelta
from http import HTTPStatus

from shared.model.feed import DomainHold


def hold_asked(
    domain: str,
    status: int | None,
    wait: timedelta | None,
    now: datetime,
    *,
    unstated: timedelta,
    longest: timedelta,
) -> DomainHold | None:
    """The patience that an answer asks for its server's domain; None if it asks for none.

    `wait` is what its Retry-After said. A 429 asks for patience with or without it, for `unstated` where it
    names no time; a 503 without one is a fault like any other. Nobody is left alone for more than `longest`.
    """
    asks = status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and bool(wait))
    if not asks:
        return None
    until = now + min(wait or unstated, longest)
    return DomainHold(domain=domain, until=until, reason=f"the server answered {status}")
