"""Servers that answer "not modified" whatever happens are found out, and only they."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.ingest.judging.validators import CHECKED_EVERY, DISTRUSTED_FROM, asks_with, lies
from shared.model.feed import FeedState, Validators

KNOWN = Validators(etag='"1"', last_modified="Mon, 21 Oct 2024 12:00:00 GMT", body_hash="ab")
STATE = FeedState(feed_id="f", validators=KNOWN, next_poll_at=datetime(2024, 10, 21, tzinfo=UTC))


def unconditional(first: int, last: int) -> int:
    """In how many of these polls nothing is sent that the server could say "not modified" to."""
    asked = [asks_with(replace(STATE, polls=polls)) for polls in range(first, last)]
    return asked.count(Validators(body_hash="ab"))


def test_a_feed_known_for_a_while_is_asked_for_the_document_itself_once_in_fifty_polls() -> None:
    assert unconditional(0, DISTRUSTED_FROM) == 0
    assert unconditional(DISTRUSTED_FROM, DISTRUSTED_FROM + 10 * CHECKED_EVERY) == 10


def test_feeds_are_checked_at_polls_of_different_numbers() -> None:
    def turn(name: str) -> int:
        states = (replace(STATE, feed_id=name, polls=polls) for polls in range(100, 100 + CHECKED_EVERY))
        return next(state.polls for state in states if asks_with(state) != KNOWN)

    assert len({turn(f"feed {number}") for number in range(20)}) > 1


def test_a_server_that_lied_gets_no_validators_until_it_is_believed_again() -> None:
    distrusted = replace(STATE, polls=20, distrusted_until=21)
    assert asks_with(distrusted) == Validators(body_hash="ab")
    assert asks_with(replace(distrusted, polls=21, distrusted_until=21)) == KNOWN


@pytest.mark.parametrize(
    ("before", "answered", "lying"),
    [
        pytest.param(KNOWN, KNOWN, True, id="the same etag"),
        pytest.param(KNOWN, replace(KNOWN, etag='"2"'), False, id="another etag under the same date"),
        pytest.param(replace(KNOWN, etag=None), replace(KNOWN, etag=None), True, id="the same date alone"),
        pytest.param(Validators(), Validators(), False, id="a server that gives none"),
    ],
)
def test_news_under_the_validators_we_had_is_a_lie(
    before: Validators, answered: Validators, lying: bool
) -> None:
    assert lies(before, answered) is lying
