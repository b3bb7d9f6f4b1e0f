"""Aware UTC, checked where a value is made."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the present moment, aware and in UTC; injected, so that tests and the demo own time."""


def utc_now() -> datetime:
    """The machine's clock, the one production uses."""
    return datetime.now(UTC)


def require_utc(value: object, *fields: str) -> None:
    """Raise ValueError unless each named field of `value` is None or an aware datetime in UTC."""
    for field in fields:
        moment = getattr(value, field)
        # Nearly all moments name the one UTC: values are made and changed at every poll.
        if moment is not None and moment.tzinfo is not UTC and moment.utcoffset() != timedelta(0):
            raise ValueError(f"{type(value).__name__}.{field} must be aware UTC, got {moment!r}")
