"""Dead letters: the record as it was, plus headers that say where it came from and why it was given up."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.ports import Headers, OutgoingRecord, StreamRecord
from shared.topics import dead_letter_topic

PREFIX = "dead_"
MESSAGE_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a record was given up, after how many tries, and from when to when they ran."""

    error: str
    message: str
    attempts: int
    first_at: datetime
    last_at: datetime


def dead_letter(record: StreamRecord, failure: Failure, *, group: str) -> OutgoingRecord:
    """The dead letter of `record`: its bytes and headers untouched, `dead_*` headers added."""
    added: Headers = tuple(
        (PREFIX + name, value.encode())
        for name, value in (
            ("topic", record.topic),
            ("partition", str(record.partition)),
            ("offset", str(record.offset)),
            ("timestamp", record.timestamp.isoformat()),
            ("group", group),
            ("error", failure.error),
            ("message", failure.message[:MESSAGE_CHARS]),
            ("attempts", str(failure.attempts)),
            ("first_at", failure.first_at.isoformat()),
            ("last_at", failure.last_at.isoformat()),
        )
    )
    return OutgoingRecord(
        topic=dead_letter_topic(record.topic),
        key=record.key,
        value=record.value,
        headers=(*_original_headers(record.headers), *added),
    )


def redriven(letter: StreamRecord) -> OutgoingRecord | None:
    """The record to publish again to where the letter came from; None if it does not say where."""
    origin = letter.header(PREFIX + "topic")
    if origin is None:
        return None
    return OutgoingRecord(
        topic=origin.decode("utf-8", "replace"),
        key=letter.key,
        value=letter.value,
        headers=_original_headers(letter.headers),
    )


def _original_headers(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if not name.startswith(PREFIX))


@dataclass(slots=True, kw_only=True)
class DeadLetterBudget:
    """How many records a consumer may give up in a while: past that something else is wrong, and it holds."""

    limit: int = 500
    window: timedelta = timedelta(minutes=10)
    _times: deque[datetime] = field(default_factory=deque)

    def spend(self, now: datetime) -> None:
        self._times.append(now)

    def exhausted(self, now: datetime) -> bool:
        """True while more than `limit` letters were written within `window`."""
        while self._times and self._times[0] <= now - self.window:
            self._times.popleft()
        return len(self._times) > self.limit
