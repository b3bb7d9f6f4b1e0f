"""aiokafka's records become ours, and how large ours may be."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.errors import RecordTooLargeError
from shared.messages import MAX_VALUE_BYTES
from shared.ports import OutgoingRecord, StreamRecord

MAX_BATCH_BYTES = 2 * 1024 * 1024
"""What a topic accepts and a fetch returns: a record at its largest, with a dead letter's headers."""
MAX_RECORD_BYTES = MAX_BATCH_BYTES - 64 * 1024  # less what Kafka puts around a record
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_MILLISECONDS = 253_402_300_799_000  # the end of the year 9999; a stranger may have written any number


def received(raw: Any) -> StreamRecord:  # aiokafka publishes no types
    """The record; a missing key or value is an empty one."""
    return StreamRecord(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=(raw.key or b"").decode("utf-8", "replace"),
        value=raw.value or b"",
        headers=tuple((name, value or b"") for name, value in raw.headers),
        timestamp=EPOCH + timedelta(milliseconds=min(max(raw.timestamp, 0), LATEST_MILLISECONDS)),
    )


def check_size(record: OutgoingRecord) -> None:
    """Raises RecordTooLargeError for what the topic would refuse."""
    whole = len(record.value) + len(record.key.encode())
    whole += sum(len(name.encode()) + len(value) for name, value in record.headers)
    if len(record.value) > MAX_VALUE_BYTES or whole > MAX_RECORD_BYTES:
        raise RecordTooLargeError(f"{whole} bytes for {record.topic}")
