"""Word of feeds as webhook messages."""

from datetime import timedelta
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.feed_rendering import CAUSES, MEANINGS, feed_message_type, render_digest, render_feed_event
from services.api.matching import wants_feed
from services.api.rendering import MAX_BODY_BYTES
from shared.model.health import FeedCause, FeedEvent, HealthState
from shared.model.subscription import Filter
from tests.unit.services.api.samples import NOW, feed_event

TEXT = st.text(max_size=20_000)
EVENTS = st.builds(
    lambda name, url, outlet, reason, language: feed_event(
        name=name, feed_url=url, outlet=outlet, reason=reason, before_reason=reason, language=language
    ),
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    st.none() | TEXT,
)


def read(body: bytes) -> Any:
    return msgspec.json.decode(body)


def recovery(lasted: timedelta) -> FeedEvent:
    """The sample wire is read again after it failed for so long."""
    return feed_event(
        kind="recovered",
        health="healthy",
        before="failing",
        before_since=NOW - lasted,
        before_reason="the server answered 503",
        reason="read well",
    )


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
    recovered = recovery(timedelta(minutes=7, seconds=40))
    assert feed_message_type(recovered) == "feed.recovered"
    told = read(render_feed_event(recovered))["data"]
    assert told["headline"] == "Sample Wire is read again"
    assert told["because"] == "after 7 minutes failing: the server answered 503"


@pytest.mark.parametrize(
    ("lasted", "words"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(days=40), "40 days"),
    ],
    ids=lambda value: str(value),
)
def test_how_long_a_feed_was_unwell_is_told_in_words(lasted: timedelta, words: str) -> None:
    because = read(render_feed_event(recovery(lasted)))["data"]["because"]
    assert because.startswith(f"after {words} failing")


def test_a_recovery_told_by_an_older_version_keeps_its_reason() -> None:
    recovered = feed_event(kind="recovered", health="healthy", before="failing", reason="read well")
    assert read(render_feed_event(recovered))["data"]["because"] == "read well"


def test_the_headline_names_the_cause_where_it_is_known() -> None:
    refused = feed_event(health="blocked", cause="refused")
    page = feed_event(health="failing", cause="web_page")
    headlines = [read(render_feed_event(event))["data"]["headline"] for event in (refused, page)]
    assert headlines == ["Sample Wire refuses us", "Sample Wire gives a web page instead of a feed"]


def test_every_state_of_health_and_every_cause_has_words() -> None:
    assert set(MEANINGS) == set(get_args(HealthState))
    assert set(CAUSES) == set(get_args(FeedCause))


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
