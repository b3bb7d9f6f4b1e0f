"""Encoding and decoding of records, judged by the public CloudEvents library."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DecodeError, MalformedError, SchemaFromFutureError
from shared.messages import ALERT, MAX_VALUE_BYTES, STORY, TAGGED_STORY, Contract, decode, encode
from shared.ports import Headers, OutgoingRecord, StreamRecord
from tests.samples import NOON, a_story, a_tagged_story, as_read, some_tags


def received(
    record: OutgoingRecord, *, value: bytes | None = None, headers: Headers | None = None
) -> StreamRecord:
    read = as_read(record, partition=2, offset=41)
    return replace(
        read,
        value=read.value if value is None else value,
        headers=read.headers if headers is None else headers,
    )


def a_record() -> OutgoingRecord:
    return encode(STORY, a_story(), source="/ingest", now=NOON)


def test_a_value_comes_back_as_it_went() -> None:
    tagged = a_tagged_story()
    assert decode(TAGGED_STORY, received(encode(TAGGED_STORY, tagged, source="/x", now=NOON))) == tagged


def test_the_public_cloudevents_library_reads_our_headers() -> None:
    record = a_record()
    event = from_binary_event(KafkaMessage(headers=dict(record.headers), key=record.key, value=record.value))
    assert event.get_type() == "org.pactwatch.story.v1"
    assert event.get_source() == "/ingest"
    assert event.get_id() == f"{a_story().id}.1"
    assert event.get_time() == NOON
    assert event.get_dataschema() == "urn:pactwatch:schema:story:1"


def test_the_same_value_has_the_same_event_id_however_often_it_is_sent() -> None:
    again = encode(STORY, a_story(), source="/ingest", now=datetime(2025, 1, 1, tzinfo=UTC))
    assert dict(again.headers)["ce_id"] == dict(a_record().headers)["ce_id"]


def test_relevant_stories_share_a_key_and_irrelevant_ones_have_their_own() -> None:
    irrelevant = a_tagged_story(tags=some_tags(relevant=False))
    assert TAGGED_STORY.key(a_tagged_story()) == TAGGED_STORY.key(a_tagged_story(story=a_story(id="other")))
    assert TAGGED_STORY.key(irrelevant) == irrelevant.story.id


def test_fields_a_newer_writer_added_are_ignored() -> None:
    body = msgspec.json.decode(a_record().value) | {"mood": "cheerful"}
    assert decode(STORY, received(a_record(), value=msgspec.json.encode(body))) == a_story()


def test_a_version_from_the_future_is_refused_by_name() -> None:
    headers = tuple(
        (name, b"org.pactwatch.story.v2" if name == "ce_type" else value)
        for name, value in a_record().headers
    )
    with pytest.raises(SchemaFromFutureError, match=r"stories\[2\]@41.*v2.*v1"):
        decode(STORY, received(a_record(), headers=headers))


@pytest.mark.parametrize(
    "headers", [(), (("ce_type", b"org.pactwatch.alert.v1"),), (("ce_type", b"\xff\xfe"),)]
)
def test_a_record_of_another_kind_is_refused(headers: Headers) -> None:
    with pytest.raises(DecodeError, match=r"expected org\.pactwatch\.story\.v1"):
        decode(STORY, received(a_record(), headers=headers))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", None),
        ("revision", 0),
        ("published_at", "2024-10-21T12:00:00"),
        ("published_at", "yesterday"),
        ("published_source", "guess"),
    ],
)
def test_a_field_that_breaks_the_contract_is_named(field: str, value: object) -> None:
    body = msgspec.json.decode(a_record().value) | {field: value}
    with pytest.raises(DecodeError, match=field):
        decode(STORY, received(a_record(), value=msgspec.json.encode(body)))


def test_a_record_beyond_the_size_limit_is_not_even_parsed() -> None:
    with pytest.raises(DecodeError, match="at most"):
        decode(STORY, received(a_record(), value=b" " * (MAX_VALUE_BYTES + 1)))


def test_deep_nesting_does_not_take_the_process_down() -> None:
    with pytest.raises(DecodeError):
        decode(STORY, received(a_record(), value=b"[" * 200_000))


@given(value=st.binary(max_size=300), contract=st.sampled_from([STORY, TAGGED_STORY, ALERT]))
def test_any_bytes_either_decode_or_are_malformed(value: bytes, contract: Contract[Any]) -> None:
    record = received(a_record(), value=value, headers=(("ce_type", contract.type.encode()),))
    with pytest.raises(MalformedError):
        decode(contract, record)
