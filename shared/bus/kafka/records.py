"""aiokafka's records become ours."""

from datetime import UTC, datetime
from typing import Any

from shared.ports import StreamRecord


def received(raw: Any) -> StreamRecord:  # aiokafka publishes no types
    """The record; a missing key or value is an empty one."""
    return StreamRecord(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=(raw.key or b"").decode("utf-8", "replace"),
        value=raw.value or b"",
        headers=tuple((name, value or b"") for name, value in raw.headers),
        timestamp=datetime.fromtimestamp(raw.timestamp / 1000, UTC),
    )
