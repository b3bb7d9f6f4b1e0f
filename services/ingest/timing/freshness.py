"""How long a publisher says that an answer stays good: pure."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from shared.http.retry_after import parse_retry_after

_MAX_AGE: Final = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NEVER: Final = re.compile(r"(?:^|[\s,])(?:no-cache|no-store)(?:$|[\s,=])", re.IGNORECASE)


def asked_interval(
    headers: Mapping[str, str], hint: timedelta | None, now: datetime, longest: timedelta
) -> timedelta | None:
    """The least time between two polls that the document (`hint`) and the headers ask for, at most
    `longest`: publishers say "a year" for files that change within the hour."""
    asked = [wait for wait in (hint, fresh_for(headers, now)) if wait is not None]
    return min(max(asked), longest) if asked else None


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """What Cache-Control, else Expires, says of the answer's life; None if neither says anything."""
    control = headers.get("Cache-Control", "")
    if control:
        if _NEVER.search(control):
            return None
        age = _MAX_AGE.search(control)
        if age is not None:
            return timedelta(seconds=int(age[1]))
    expires = headers.get("Expires")
    # Seconds, which only Retry-After may have, are as senseless here as "0" and "-1".
    return None if expires is None or expires.strip().isdecimal() else parse_retry_after(expires, now)
