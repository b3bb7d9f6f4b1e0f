"""How a feed that is not read is judged, and what is told of it."""

from typing import TypedDict

import pytest

from services.ingest.documents.pages import page_instead
from shared.errors import WebPage
from shared.model.feed import PollOutcome
from tests.unit.services.ingest.judging.polled import HOUR, Story, row


def test_a_feed_never_read_is_told_with_its_second_failed_poll() -> None:
    story = Story().poll("unreachable", status=None)
    assert (story.told, story.health) == ([], None)
    story.poll("http_error")
    (event,) = story.events
    assert (event.kind, event.health, event.before, event.last_document_at) == (
        "unhealthy",
        "failing",
        None,
        None,
    )
    assert event.reason == "never read: it was http_error"
    story.poll("new_entries")
    assert story.told == ["failing", "healthy"]


@pytest.mark.parametrize("outcome", ["not_a_feed", "too_large", "parse_timeout", "busy"])
def test_one_bad_poll_does_not_judge_a_feed_never_read(outcome: PollOutcome) -> None:
    assert Story().poll(outcome).told == []
    assert Story().poll(outcome, "new_entries", outcome).told == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_feed_never_read_that_is_not_there_is_told_at_once_and_as_gone_once_that_is_believed(
    status: int,
) -> None:
    story = Story().poll("gone", status=status, said=f"the server answered {status}")
    (event,) = story.events
    assert (event.kind, event.health, event.cause) == ("unhealthy", "failing", "not_found")
    assert event.reason == f"never read; its server says it is not there: the server answered {status}"
    story.poll(*row(3, "gone"), every=HOUR, status=status)
    assert story.told == ["failing", "gone"]


def test_a_recovery_says_what_the_feed_recovered_from_and_since_when_that_was() -> None:
    story = Story().poll("new_entries", *row(5, "http_error"), "not_modified")
    failed, recovered = story.events
    assert (recovered.before, recovered.before_since) == ("failing", failed.since)
    assert recovered.before_reason == failed.reason
    assert recovered.cause is None


ROBOTS = "<title>Just a moment...</title><body/>"
LOGIN = "<title>Log in</title>"
PLAIN = "<title>Our new site, it's here</title><p>Welcome</p>"


class Page(TypedDict):
    """What is remembered of a poll that got a page."""

    said: str
    page: WebPage


def page(text: str) -> Page:
    error = page_instead(text)
    return {"said": str(error), "page": error.page}


@pytest.mark.parametrize(
    ("outcome", "said", "cause"),
    [
        ("refused", "the server answered 403", "refused"),
        ("blocked", "it is not a public address", "own_guard"),
    ],
    ids=["server", "guard"],
)
def test_who_refuses_us_twice_blocks_us(outcome: PollOutcome, said: str, cause: str) -> None:
    story = Story().poll("new_entries", outcome, said=said)
    assert story.told == []
    story.poll(outcome, outcome, said=said)
    (event,) = story.events
    assert (event.health, event.reason, event.cause) == ("blocked", said, cause)


@pytest.mark.parametrize(("text", "cause"), [(ROBOTS, "robot_check"), (LOGIN, "login_page")])
def test_a_page_that_keeps_us_out_twice_blocks_us(text: str, cause: str) -> None:
    story = Story().poll("new_entries", "page_instead", **page(text))
    assert story.told == []
    story.poll("page_instead", "page_instead", **page(text))
    (event,) = story.events
    assert (event.health, event.reason, event.cause) == ("blocked", page(text)["said"], cause)


def test_a_plain_page_instead_of_the_feed_is_no_block_and_is_named() -> None:
    story = Story().poll("new_entries", "page_instead", **page(PLAIN))
    assert story.told == []
    story.poll("page_instead", **page(PLAIN))
    (event,) = story.events
    assert (event.health, event.cause) == ("failing", "web_page")
    assert 'it gives a web page ("Our new site, it\'s here") instead of a feed' in event.reason
    assert "its address may have changed" in event.reason


@pytest.mark.parametrize("text", ["<body>Hello</body>", "<title>an HTML page that checks</title>"])
def test_no_title_makes_a_plain_page_a_block(text: str) -> None:
    assert Story().poll("new_entries", *row(2, "page_instead"), **page(text)).told == ["failing"]


@pytest.mark.parametrize(
    ("kind", "told"), [("robot_check", "blocked"), ("login_page", "blocked"), ("web_page", "failing")]
)
def test_what_a_page_is_depends_on_its_kind_and_never_on_the_words_for_it(kind: WebPage, told: str) -> None:
    story = Story().poll("new_entries", *row(2, "page_instead"), said="in quite other words", page=kind)
    (event,) = story.events
    assert (event.health, event.cause) == (told, kind)


def test_a_block_that_takes_turns_with_a_plain_page_is_told_once() -> None:
    story = Story().poll("new_entries", "refused", "refused")
    for _ in range(5):
        story.poll("page_instead", **page(PLAIN)).poll("refused")
    assert story.told == ["blocked"]


def test_410_is_believed_the_second_time_and_404_after_an_hour() -> None:
    assert Story().poll("new_entries", "gone", "gone", status=410).told == ["gone"]
    story = Story().poll("new_entries", "gone", "gone", "gone", status=404)
    assert story.told == []
    story.poll("gone", every=HOUR, status=404)
    assert story.told == ["gone"]
    assert story.events[-1].cause is None, "the state says it better"
    assert story.state.next_poll_at - story.now > 12 * HOUR
    story.poll("new_entries", every=22 * HOUR)
    assert story.told == ["gone", "healthy"]


def test_an_interrupted_row_of_404_counts_anew() -> None:
    story = Story().poll("new_entries", *row(10, "gone", "gone", "not_modified"), every=HOUR, status=404)
    assert "gone" not in story.told
