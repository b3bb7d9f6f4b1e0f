"""Dead letters: the record as it was, plus headers that say where it came from and why it was given up."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.messages import MAX_VALUE_BYTES
from shared.ports import Headers, OutgoingRecord, StreamRecord
from shared.topics import dead_letter_topic

PREFIX = "dead_"
HEADERS = (
    *("topic", "partition", "offset", "timestamp", "group"),
    *("error", "message", "attempts", "first_at", "last_at"),
)
"""What a dead letter tells of its record, each in a header of this name with PREFIX before it."""

CUT_FROM = PREFIX + "cut_from"
"""A further header, of a record larger than a letter may be: how many bytes it had."""

MESSAGE_CHARS = 500
KEY_CHARS = 1000
HEADER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a record was given up, after how many tries, and from when to when they ran."""

    error: str
    message: str
    attempts: int
    first_at: datetime
    last_at: datetime


def dead_letter(record: StreamRecord, failure: Failure, *, group: str) -> OutgoingRecord:
    """The dead letter of `record`: its bytes and headers untouched, `dead_*` headers added.

    A stranger's record may be larger than what we may publish; then its beginning is kept. A letter that the
    stream refused would stop the group for ever.
    """
    told = (
        record.topic,
        str(record.partition),
        str(record.offset),
        record.timestamp.isoformat(),
        group,
        failure.error,
        failure.message[:MESSAGE_CHARS],
        str(failure.attempts),
        failure.first_at.isoformat(),
        failure.last_at.isoformat(),
    )
    added = tuple(
        (PREFIX + name, value.encode("utf-8", "replace")) for name, value in zip(HEADERS, told, strict=True)
    )
    return OutgoingRecord(
        topic=dead_letter_topic(record.topic),
        key=record.key[:KEY_CHARS],
        value=record.value[:MAX_VALUE_BYTES],
        headers=(*_kept_headers(record), *added),
    )


def redriven(letter: StreamRecord) -> OutgoingRecord | None:
    """The record to publish again to where the letter came from; None if it does not say where, or is cut."""
    origin = letter.header(PREFIX + "topic")
    if origin is None or letter.header(CUT_FROM) is not None:
        return None
    return OutgoingRecord(
        topic=origin.decode("utf-8", "replace"),
        key=letter.key,
        value=letter.value,
        headers=_original_headers(letter.headers),
    )


def _kept_headers(record: StreamRecord) -> Headers:
    headers = _original_headers(record.headers)
    size = sum(len(name.encode()) + len(value) for name, value in headers)
    whole = len(record.value) <= MAX_VALUE_BYTES and len(record.key) <= KEY_CHARS and size <= HEADER_BYTES
    cut = () if whole else ((CUT_FROM, str(len(record.value) + size).encode()),)
    return (*(headers if size <= HEADER_BYTES else ()), *cut)


def _original_headers(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if not name.startswith(PREFIX))


@dataclass(slots=True, kw_only=True)
class DeadLetterBudget:
    """How many records a consumer may give up in a while: past that something else is wrong, and it holds."""

    limit: int = 500
    window: timedelta = timedelta(minutes=10)
    _times: deque[datetime] = field(default_factory=deque)

    def spend(self, now: datetime) -> None:
        """One more letter is written."""
        self._times.append(now)

    def exhausted(self, now: datetime) -> bool:
        """True while more than `limit` letters were written within `window`."""
        while self._times and self._times[0] <= now - self.window:
            self._times.popleft()
        return len(self._times) > self.limit
