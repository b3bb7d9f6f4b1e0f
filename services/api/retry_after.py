"""Reading a receiver's Retry-After."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_SECONDS: Final = re.compile(r"[0-9]{1,9}")


def parse_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """How long the receiver asks us to wait: seconds or an HTTP date; None when absent or unreadable.

    A date in the past means no wait.
    """
    if text is None:
        return None
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=int(text))
    return _until(text, now)


def _until(text: str, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(aware - now, timedelta())
    except (ValueError, OverflowError):
        return None
