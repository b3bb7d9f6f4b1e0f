"""Word of feeds as webhook messages."""

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.feed_rendering import MEANINGS, feed_message_type, render_digest, render_feed_event
from services.api.matching import wants_feed
from services.api.rendering import MAX_BODY_BYTES
from shared.model.health import FeedEvent, HealthState
from shared.model.subscription import Filter
from tests.unit.services.api.samples import feed_event

TEXT = st.text(max_size=20_000)
EVENTS = st.builds(
    lambda name, url, outlet, reason, language: feed_event(
        name=name, feed_url=url, outlet=outlet, reason=reason, language=language
    ),
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    st.none() | TEXT,
)


def read(body: bytes) -> Any:
    return msgspec.json.decode(body)


def test_a_newsroom_reads_which_feed_is_how_and_why() -> None:
    message = read(render_feed_event(feed_event()))
    assert message["type"] == "feed.unhealthy"
    assert message["timestamp"] == "2024-10-21T12:00:00Z"
    told = message["data"]
    assert told["headline"] == "Sample Wire could not be read several times in a row"
    assert told["because"] == "the server answered 503 five times in a row"
    assert (told["feed_id"], told["outlet"], told["language"]) == ("feed-1", "sample-wire", "en")
    assert (told["health"], told["before"], told["since"]) == ("failing", "healthy", "2024-10-21T11:30:00Z")
    assert told["last_document_at"] == "2024-10-21T11:00:00Z"


def test_a_recovery_is_a_message_of_its_own_type() -> None:
    recovered = feed_event(kind="recovered", health="healthy", before="failing")
    assert feed_message_type(recovered) == "feed.recovered"
    assert read(render_feed_event(recovered))["data"]["headline"] == "Sample Wire is read well"


def test_every_state_of_health_has_words() -> None:
    assert set(MEANINGS) == set(get_args(HealthState))


@given(EVENTS)
def test_no_text_from_outside_makes_a_message_too_large(event: FeedEvent) -> None:
    assert len(render_feed_event(event)) <= MAX_BODY_BYTES


@given(st.lists(EVENTS, min_size=1, max_size=12))
def test_a_digest_counts_every_change_and_stays_small(events: list[FeedEvent]) -> None:
    body = None
    for event in events:
        body = render_digest(event, body)
    assert body is not None
    assert len(body) <= MAX_BODY_BYTES
    told = read(body)["data"]
    assert told["unhealthy"] == len(events) == len(told["changes"]) + told["left_out"]


def test_a_digest_names_each_feed_in_the_order_in_which_they_changed() -> None:
    body = render_digest(feed_event(feed="a"), None)
    body = render_digest(feed_event(feed="b", kind="recovered", health="healthy"), body)
    message = read(body)
    assert message["type"] == "feed.changes"
    assert message["data"]["headline"] == "Feeds: 1 became unhealthy, 1 recovered"
    assert [change["feed_id"] for change in message["data"]["changes"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("wanted", "language", "expected"),
    [
        (Filter(), "en", True),
        (Filter(feeds=False), "en", False),
        (Filter(languages=("ko", "en")), "en", True),
        (Filter(languages=("ko",)), "en", False),
        (Filter(languages=("ko",)), None, True),
        (Filter(min_severity=5, categories=("arms",), reasons=("retraction",)), "en", True),
    ],
)
def test_who_wants_word_of_a_feed(wanted: Filter, language: str | None, expected: bool) -> None:
    assert wants_feed(wanted, feed_event(language=language)) == expected
