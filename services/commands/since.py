"""Moments as a person writes them: a date, a time, or how long ago."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.errors import InputError

_AGO: Final = re.compile(r"([0-9]{1,6})\s*([mhdw])", re.IGNORECASE)
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def moment(written: str, now: datetime) -> datetime:
    """An ISO 8601 date (its beginning) or time (UTC without a zone), or an age such as 30m, 12h, 7d, 2w.

    Raises InputError.
    """
    try:
        if ago := _AGO.fullmatch(written.strip()):
            return now - int(ago[1]) * _UNITS[ago[2].lower()]
        read = datetime.fromisoformat(written.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        expected = "expected a date (2024-10-21), a time (2024-10-21T08:00Z) or an age (30m, 12h, 7d, 2w)"
        raise InputError(f"--since: {written[:60]!r} is no moment; {expected}") from error
