"""Reading a Retry-After header, which feed servers and webhook receivers send alike."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# More digits ask for decades: what is left is still beyond every policy's longest wait.
_MOST_DIGITS: Final = 9


def parse_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """How long the server asks us to wait, in seconds or as a date; None if absent, senseless or past."""
    words = (text or "").strip()
    if words.isascii() and words.isdecimal():
        return timedelta(seconds=int(words[:_MOST_DIGITS]))
    try:
        moment = parsedate_to_datetime(words)
    except (ValueError, OverflowError):
        return None
    wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return wait if wait > timedelta() else None
