"""How well a feed is read, poll by poll."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.ingest.judging.rhythm import begun
from services.ingest.settling import taken_back
from shared.model.feed import Document, PollOutcome, Validators
from tests.unit.services.ingest.judging.polled import FRESH, HOUR, MINUTE, NOW, Story, row


def test_a_feed_that_starts_well_is_healthy_and_no_news() -> None:
    story = Story().poll("new_entries", "not_modified", "not_modified")
    assert (story.health, story.told) == ("healthy", [])


@pytest.mark.parametrize(
    "outcome",
    ["unreachable", "http_error", "busy", "not_a_feed", "page_instead", "refused", "gone", "too_large"],
)
def test_one_bad_poll_changes_nothing(outcome: PollOutcome) -> None:
    story = Story().poll("new_entries", outcome, "not_modified", outcome, "not_modified")
    assert story.told == []
    assert story.state.failures == 0


def test_several_failures_in_a_row_are_told_once_and_the_recovery_once() -> None:
    story = Story().poll("new_entries", "unreachable", "http_error")
    assert story.told == []
    story.poll("unreachable", *row(20, "http_error"), status=None)
    assert story.told == ["failing"]
    (event,) = story.events
    assert (event.kind, event.before, event.last_document_at) == ("unhealthy", "healthy", NOW + 10 * MINUTE)
    assert "it was unreachable" in event.reason
    story.poll("not_modified")
    assert story.told == ["failing", "healthy"]
    assert story.events[-1].kind == "recovered"
    assert len({event.id for event in story.events}) == 2


def test_the_same_change_told_again_after_a_crash_has_the_same_id() -> None:
    story = Story().poll("new_entries", "refused")
    one, other = Story(story.state), Story(story.state)
    one.poll("refused")
    other.poll("refused", every=HOUR)
    assert [event.id for event in one.events] == [event.id for event in other.events] != []


def test_another_change_found_after_a_crash_is_not_taken_for_the_one_told_before_it() -> None:
    story = Story().poll("new_entries", "refused", "not_a_feed")
    before_the_crash, after_it = Story(story.state), Story(story.state)
    before_the_crash.poll("refused", "refused")
    after_it.poll("not_a_feed")
    told = [*before_the_crash.told, *after_it.told]
    ids = {event.id for event in (*before_the_crash.events, *after_it.events)}
    assert len(ids) == len(set(told)), told


def test_documents_that_end_early_are_partial_once_they_repeat() -> None:
    assert Story().poll("new_entries", "partial").told == []
    assert Story().poll("new_entries", "partial", "partial").told == ["partial"]


def test_slow_answers_are_told_and_must_be_fast_again_to_recover() -> None:
    def seconds(number: float) -> timedelta:
        return timedelta(seconds=number)

    story = Story().poll("new_entries", elapsed=seconds(1))
    story.poll("not_modified", elapsed=seconds(25))
    assert story.told == []
    story.poll("not_modified", "not_modified", elapsed=seconds(25))
    assert story.told == ["slow"]
    story.poll("not_modified", elapsed=seconds(1))
    assert story.told == ["slow"]
    story.poll(*row(6, "not_modified"), elapsed=seconds(1))
    assert story.told == ["slow", "healthy"]


def test_a_feed_read_at_another_address_is_moved() -> None:
    story = Story(replace(FRESH, address="https://new.example/feed")).poll("new_entries")
    assert story.told == ["moved"]
    assert story.state.health is not None
    assert "https://new.example/feed" in story.state.health.reason


def test_a_feed_that_waits_for_hours_to_be_read_is_stale_and_recovers_when_it_is() -> None:
    story = Story().poll("new_entries").wait(50 * MINUTE)
    assert story.told == []
    story.wait(HOUR).wait(HOUR)
    assert story.told == ["stale"]
    story.poll("not_modified")
    assert story.told == ["stale", "healthy"]


def test_a_feed_whose_newest_entry_is_of_last_year_is_silent_which_is_no_news() -> None:
    old = Document(at=NOW, entries=9, size=900, format="rss 2.0", newest_at=NOW - timedelta(days=400))
    read = replace(FRESH, document=old, last_new_at=NOW, rhythm=begun([], NOW))
    story = Story(read).poll("not_modified")
    assert (story.told, story.health) == ([], "silent")
    assert story.state.health is not None
    assert "of 17 September 2023" in story.state.health.reason
    undated = Story(replace(read, document=replace(old, newest_at=None))).poll("not_modified")
    assert undated.health == "healthy"


def test_while_our_own_network_is_gone_nobody_is_blamed() -> None:
    story = Story().poll("new_entries")
    story.poll(*row(50, "unreachable"), status=None, out_of_reach=20)
    assert (story.told, story.state.failures, story.health) == ([], 0, "healthy")
    assert story.state.last_outcome == "unreachable"
    assert story.state.next_poll_at - story.now <= 10 * MINUTE


def test_what_was_blamed_on_a_feed_before_we_knew_is_taken_back() -> None:
    story = Story().poll("new_entries", "unreachable", status=None)
    assert story.state.failures == 1
    assert (taken_back(story.state).failures, taken_back(story.state).failing_since) == (0, None)


def test_an_adopted_address_that_fails_gives_way_to_the_configured_one() -> None:
    moved = replace(FRESH, address="https://new.example/feed", validators=Validators(etag='"a"'))
    story = Story(moved).poll("new_entries", "gone", status=404)
    assert story.state.address is not None
    story.poll("gone", status=404)
    back = story.state
    assert (back.address, back.validators) == (None, Validators())
