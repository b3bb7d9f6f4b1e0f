"""Errors of reading a source as a person is told them, who has its address before their eyes. Pure."""

import re
from datetime import timedelta
from typing import Final

from services.ingest.characters import without_control
from services.ingest.policy import IngestPolicy
from shared.errors import (
    BodyTooLargeError,
    DestinationBlockedError,
    FetchError,
    PactwatchError,
    TooManyRedirectsError,
)

LONGEST_WORDS: Final = 300

_MEBIBYTE: Final = 1024 * 1024
_MORE_THAN: Final = re.compile(r"more than \d+")


def error_words(error: PactwatchError, policy: IngestPolicy) -> str:
    """One line of at most 300 characters; limits are those of `policy`, in units that people use."""
    said = " ".join(without_control(error.detail or str(error)).split())
    return _shaped(error, said, policy)[:LONGEST_WORDS]


def size(count: int) -> str:
    """A number of bytes: `10 MiB`, or `2500 bytes`."""
    return f"{count // _MEBIBYTE} MiB" if count and count % _MEBIBYTE == 0 else f"{count} bytes"


def span(length: timedelta) -> str:
    """A length of time: `30 days`, or `30 s`."""
    days = length / timedelta(days=1)
    if days >= 1:
        return "1 day" if days == 1 else f"{days:g} days"
    return f"{length.total_seconds():g} s"


def _shaped(error: PactwatchError, said: str, policy: IngestPolicy) -> str:
    match error:
        case BodyTooLargeError():
            return f"more than {size(policy.body_bytes)}"
        case TooManyRedirectsError():
            return _MORE_THAN.sub(lambda found: f"{found[0]} redirects", said, count=1)
        case FetchError() if "no whole answer within" in said:
            return f"no whole answer within {span(policy.total)}"
        case DestinationBlockedError():
            host, _, reason = said.partition(": ")
            return reason if host in reason else said
        case _:
            return said
