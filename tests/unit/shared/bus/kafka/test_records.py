"""Records as a stranger may have written them, and the largest of our own."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.kafka.records import MAX_RECORD_BYTES, check_size, received
from shared.errors import RecordTooLargeError
from shared.messages import MAX_VALUE_BYTES
from shared.ports import OutgoingRecord


@dataclass
class Raw:
    """What the client library hands over."""

    key: bytes | None = b"key"
    value: bytes | None = b"value"
    timestamp: int = 0
    headers: list[tuple[str, bytes | None]] = field(default_factory=list)
    topic: str = "work"
    partition: int = 0
    offset: int = 0


@given(st.integers(-(2**63), 2**63 - 1), st.none() | st.binary(), st.none() | st.binary())
def test_any_record_is_received_whatever_its_bytes_and_its_time(
    timestamp: int, key: bytes | None, value: bytes | None
) -> None:
    record = received(Raw(key=key, value=value, timestamp=timestamp, headers=[("a", None)]))
    assert record.value == (value or b"")
    assert record.headers == (("a", b""),)
    assert record.timestamp.tzinfo is not None


def test_a_record_may_be_as_large_as_the_limits_and_no_larger() -> None:
    check_size(OutgoingRecord(topic="work", key="k", value=b"x" * MAX_VALUE_BYTES))
    with pytest.raises(RecordTooLargeError):
        check_size(OutgoingRecord(topic="work", key="k", value=b"x" * (MAX_VALUE_BYTES + 1)))


def test_key_and_headers_count_towards_the_size() -> None:
    spare = MAX_RECORD_BYTES - 1
    check_size(OutgoingRecord(topic="work", key="k", value=b"", headers=(("a", b"x" * (spare - 1)),)))
    with pytest.raises(RecordTooLargeError):
        check_size(OutgoingRecord(topic="work", key="k", value=b"", headers=(("a", b"x" * spare),)))
