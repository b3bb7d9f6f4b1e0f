"""Where a feed has moved to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.judging.moves import fallen_back, permanent_target, whereabouts
from shared.http.exchange import Redirect
from shared.model.feed import Feed, FeedState, Validators

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD, NEW, OTHER = (f"https://{name}.example/feed" for name in ("old", "new", "other"))
FEED = Feed(id="f", url=OLD, name="f", outlet="f", language=None)


def after(*answers: tuple[float, str | None, bool], state: FeedState | None = None) -> FeedState:
    """The state after good polls: hours from now, where permanent redirects led, familiar entries."""
    state = state or FeedState(feed_id="f", validators=Validators(), next_poll_at=NOW)
    for hours, target, familiar in answers:
        where = whereabouts(FEED, state, target=target, familiar=familiar, now=NOW + hours * HOUR)
        state = replace(state, address=where.address, move=where.move)
    return state


def test_three_agreeing_answers_over_a_day_are_adopted() -> None:
    assert after((0, NEW, True), (12, NEW, True)).address is None
    assert after((0, NEW, True), (12, NEW, True), (24, NEW, True)).address == NEW


def test_many_answers_within_a_day_are_not() -> None:
    assert after(*((hour, NEW, True) for hour in range(24))).address is None


def test_two_answers_a_week_apart_are_not() -> None:
    assert after((0, NEW, True), (168, NEW, True)).address is None


@pytest.mark.parametrize(
    "doubt", [(12, OTHER, True), (12, None, True), (12, NEW, False)], ids=["elsewhere", "back", "parked"]
)
def test_one_answer_that_disagrees_starts_the_count_anew(doubt: tuple[float, str | None, bool]) -> None:
    assert after((0, NEW, True), (6, NEW, True), doubt, (25, NEW, True), (26, NEW, True)).address is None


def test_a_parked_domain_is_not_adopted_however_familiar_its_own_entries_become() -> None:
    assert after((0, NEW, False), *((hour, NEW, True) for hour in range(1, 100))).address is None
    believed = after((0, NEW, False), (1, None, True), *((hour, NEW, True) for hour in range(2, 100)))
    assert believed.address == NEW


def test_a_move_back_to_the_configured_address_ends_the_other() -> None:
    moved = after((0, NEW, True), (12, NEW, True), (24, NEW, True))
    assert after((30, OLD, True), (40, OLD, True), (60, OLD, True), state=moved).address is None


def test_only_permanent_redirects_move_a_feed() -> None:
    def chain(*statuses: int) -> str | None:
        return permanent_target([Redirect(status=status, url=NEW) for status in statuses])

    assert (chain(301), chain(308), chain(301, 308)) == (NEW, NEW, NEW)
    assert (chain(), chain(302), chain(307), chain(303), chain(301, 302), chain(302, 301)) == (None,) * 6


def test_an_adopted_address_that_keeps_failing_is_given_up() -> None:
    moved = replace(after(), address=NEW)
    assert not fallen_back(replace(moved, failures=5))
    assert fallen_back(replace(moved, failures=6))
    assert not fallen_back(replace(after(), failures=100))
