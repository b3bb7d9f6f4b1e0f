"""How well a feed is read, poll by poll."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.findings import Findings
from services.ingest.judging.health import change_of
from services.ingest.judging.rhythm import begun
from services.ingest.policy import IngestPolicy
from services.ingest.settling import Circumstances, overdue, settled, taken_back
from shared.model.feed import Document, Feed, FeedState, PollOutcome, Validators
from shared.model.health import FeedEvent, HealthState

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FEED = Feed(id="f", url="https://x.example/feed", name="Sample", outlet="Sample", language="en")
FRESH = FeedState(feed_id="f", validators=Validators(), next_poll_at=NOW)


def row(times: int, *outcomes: PollOutcome) -> list[PollOutcome]:
    """The same outcomes again and again."""
    return [*outcomes] * times


class Story:
    """A feed polled again and again, and the events that this gave."""

    def __init__(self, state: FeedState = FRESH) -> None:
        self.state, self.now = state, NOW
        self.events: list[FeedEvent] = []

    def given(self, out_of_reach: int | None = None) -> Circumstances:
        return Circumstances(
            policy=IngestPolicy(),
            random=lambda: 0.5,
            now=self.now,
            seeing_since=NOW,
            out_of_reach=out_of_reach,
        )

    def poll(
        self,
        *outcomes: PollOutcome,
        status: int | None = 200,
        every: timedelta = 10 * MINUTE,
        elapsed: timedelta = MINUTE / 60,
        out_of_reach: int | None = None,
    ) -> "Story":
        for outcome in outcomes:
            self.now += every
            error = None if outcome in ("not_modified", "new_entries") else f"it was {outcome}"
            findings = Findings(outcome=outcome, status=status, elapsed=elapsed, error=error)
            self._after(settled(FEED, self.state, findings, self.given(out_of_reach)))
        return self

    def wait(self, time: timedelta) -> "Story":
        self.now += time
        self._after(overdue(FEED, self.state, self.given()))
        return self

    def _after(self, after: FeedState) -> None:
        event = change_of(FEED, self.state, after, self.now)
        self.events += [event] if event else []
        self.state = after

    @property
    def told(self) -> list[HealthState]:
        return [event.health for event in self.events]

    @property
    def health(self) -> HealthState | None:
        return self.state.health.state if self.state.health else None


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


def test_a_feed_that_never_worked_is_told_too() -> None:
    story = Story().poll("unreachable", "unreachable", "unreachable", status=None)
    (event,) = story.events
    assert (event.health, event.before, event.last_document_at) == ("failing", None, None)


def test_the_same_change_told_again_after_a_crash_has_the_same_id() -> None:
    story = Story().poll("new_entries", "refused")
    one, other = Story(story.state), Story(story.state)
    one.poll("refused")
    other.poll("refused", every=HOUR)
    assert [event.id for event in one.events] == [event.id for event in other.events] != []


@pytest.mark.parametrize("outcome", ["refused", "page_instead", "blocked"])
def test_who_keeps_us_out_twice_blocks_us(outcome: PollOutcome) -> None:
    assert Story().poll("new_entries", outcome, outcome).told == ["blocked"]


def test_410_is_believed_the_second_time_and_404_after_an_hour() -> None:
    assert Story().poll("new_entries", "gone", "gone", status=410).told == ["gone"]
    story = Story().poll("new_entries", "gone", "gone", "gone", status=404)
    assert story.told == []
    story.poll("gone", every=HOUR, status=404)
    assert story.told == ["gone"]
    assert story.state.next_poll_at - story.now > 12 * HOUR
    story.poll("new_entries", every=22 * HOUR)
    assert story.told == ["gone", "healthy"]


def test_an_interrupted_row_of_404_counts_anew() -> None:
    story = Story().poll("new_entries", *row(10, "gone", "gone", "not_modified"), every=HOUR, status=404)
    assert "gone" not in story.told


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


def test_a_document_whose_newest_entry_is_of_last_year_is_silent() -> None:
    old = Document(at=NOW, entries=9, size=900, format="rss 2.0", newest_at=NOW - timedelta(days=400))
    read = replace(FRESH, document=old, last_new_at=NOW, rhythm=begun([], NOW))
    story = Story(read).poll("not_modified")
    assert story.told == ["silent"]
    assert story.state.health is not None
    assert "of 17 September 2023" in story.state.health.reason
    undated = Story(replace(read, document=replace(old, newest_at=None))).poll("not_modified")
    assert undated.told == []


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
