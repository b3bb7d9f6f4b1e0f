"""What a letter keeps of its record, whatever a stranger put on the topic."""

from datetime import timedelta

import pytest

from shared.bus.kafka.records import check_size
from shared.dead_letter import Failure, dead_letter, redriven
from shared.ports import Headers, OutgoingRecord, StreamRecord
from tests.samples import NOON

FAILURE = Failure(
    error="DecodeError",
    message="no JSON \ud800",
    attempts=1,
    first_at=NOON,
    last_at=NOON + timedelta(seconds=1),
)


def _record(*, key: str = "k", value: bytes = b"v", headers: Headers = (("kind", b"test"),)) -> StreamRecord:
    return StreamRecord(
        topic="stories", partition=0, offset=7, key=key, value=value, headers=headers, timestamp=NOON
    )


def _read(letter: OutgoingRecord) -> StreamRecord:
    return StreamRecord(
        topic=letter.topic,
        partition=0,
        offset=0,
        key=letter.key,
        value=letter.value,
        headers=letter.headers,
        timestamp=NOON,
    )


@pytest.mark.parametrize(
    "record",
    [
        _record(value=b"x" * 1_500_000),
        _record(key="\ufffd" * 700_000),
        _record(headers=(("h", b"x" * 1_900_000),)),
        _record(headers=(("dead_topic", b"forged"), ("h" * 70_000, b""))),
    ],
)
def test_the_letter_of_a_record_of_any_size_fits_into_the_stream_and_says_that_it_is_cut(
    record: StreamRecord,
) -> None:
    letter = dead_letter(record, FAILURE, group="tag")
    check_size(letter)
    assert _read(letter).header("dead_cut_from") is not None
    assert _read(letter).header("dead_topic") == b"stories"
    assert redriven(_read(letter)) is None


def test_the_letter_of_any_other_record_is_whole() -> None:
    letter = dead_letter(_record(value=b"x" * 1_000_000), FAILURE, group="tag")
    assert redriven(_read(letter)) == OutgoingRecord(
        topic="stories", key="k", value=b"x" * 1_000_000, headers=(("kind", b"test"),)
    )
