"""Records of every released schema version still decode, and today's values still become those records."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.messages import (
    ALERT,
    FEED_EVENT,
    FEED_HUB,
    FEED_PUSH,
    STORY,
    TAGGED_STORY,
    Contract,
    decode,
    encode,
)
from shared.model.tag import CategoryCodes
from shared.ports import StreamRecord
from tests.samples import (
    NOON,
    a_feed_event,
    a_feed_hub,
    a_feed_push,
    a_story,
    a_tagged_story,
    an_alert,
    an_article,
    some_tags,
)

HERE = Path(__file__).parent / "records"
RELEASED: tuple[tuple[Contract[Any], Any], ...] = (
    (STORY, a_story()),
    (TAGGED_STORY, a_tagged_story()),
    (ALERT, an_alert()),
    (FEED_EVENT, a_feed_event()),
    (FEED_HUB, a_feed_hub()),
    (FEED_PUSH, a_feed_push()),
)


def _golden(contract: Contract[Any], variant: str = "") -> StreamRecord:
    """The record as it was written when the version was released; a `variant` came to be within it."""
    name = f"{contract.name}.v{contract.version}{variant}.json"
    stored = msgspec.json.decode((HERE / name).read_bytes())
    return StreamRecord(
        topic=contract.topic,
        partition=0,
        offset=0,
        key=stored["key"],
        value=msgspec.json.encode(stored["value"]),
        headers=tuple((name, value.encode()) for name, value in stored["headers"].items()),
        timestamp=datetime(2026, 11, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(("contract", "value"), RELEASED, ids=lambda part: getattr(part, "name", ""))
def test_a_released_record_decodes_to_the_value_it_was_made_of(contract: Contract[Any], value: Any) -> None:
    assert decode(contract, _golden(contract)) == value


@pytest.mark.parametrize(("contract", "value"), RELEASED, ids=lambda part: getattr(part, "name", ""))
def test_todays_record_is_the_released_one(contract: Contract[Any], value: Any) -> None:
    record = encode(contract, value, source="/golden", now=NOON)
    golden = _golden(contract)
    assert record.key == golden.key
    assert dict(record.headers) == dict(golden.headers)
    assert msgspec.json.decode(record.value) == msgspec.json.decode(golden.value)


def test_a_record_from_before_articles_decodes_to_a_story_without_one() -> None:
    assert decode(TAGGED_STORY, _golden(TAGGED_STORY, "-before-articles")) == a_tagged_story()


def test_a_record_from_before_codes_decodes_to_a_story_without_any() -> None:
    assert decode(TAGGED_STORY, _golden(TAGGED_STORY, "-before-codes")) == a_tagged_story()


def test_a_record_with_codes_is_the_released_one() -> None:
    codes = CategoryCodes(
        category="troop_deployment", plover=("AID", "MOBILIZE-troops"), iptc=("medtop:20000058",)
    )
    golden, value = _golden(TAGGED_STORY, "-codes"), a_tagged_story(tags=some_tags(codes=(codes,)))
    assert decode(TAGGED_STORY, golden) == value
    record = encode(TAGGED_STORY, value, source="/golden", now=NOON)
    assert msgspec.json.decode(record.value) == msgspec.json.decode(golden.value)


def test_a_record_with_an_article_is_the_released_one() -> None:
    golden, value = _golden(TAGGED_STORY, "-article"), replace(a_tagged_story(), article=an_article())
    assert decode(TAGGED_STORY, golden) == value
    record = encode(TAGGED_STORY, value, source="/golden", now=NOON)
    assert msgspec.json.decode(record.value) == msgspec.json.decode(golden.value)
