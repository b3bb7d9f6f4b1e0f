"""One poll of one feed, over real HTTP into a real database."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.ingest.policy import IngestPolicy
from shared.model.feed import Feed, PollOutcome, Validators
from shared.workers import WorkerPool
from tests.unit.services.ingest.desk import NOW, Desk
from tests.unit.services.ingest.rss_documents import item, rss


@pytest.fixture(scope="module")
def workers() -> Iterator[WorkerPool]:
    """One for all tests here, which poll one feed at a time: starting it takes longer than they do."""
    pool = WorkerPool(workers=1)
    yield pool
    asyncio.run(pool.close())


ONE, TWO = item("One", guid="1"), item("Two", guid="2")


async def test_new_entries_are_published_and_remembered(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(TWO, ONE), ETag='"a"', Last_Modified="Mon, 21 Oct 2024 08:00:00 GMT")
    feed = await desk.watch("/feed")
    poll = await desk.poller().poll_once(feed)
    assert (poll.outcome, poll.status, poll.entries, poll.error) == (
        "new_entries",
        200,
        {"published": 2},
        None,
    )
    assert [story.title for story in desk.publisher.stories] == ["Two", "One"]
    state = await desk.state(feed)
    assert (state.validators.etag, state.failures, state.last_new_at) == ('"a"', 0, NOW)
    assert state.next_poll_at == NOW + timedelta(minutes=10)
    (stored,) = await desk.states.polls(feed.id, 10)
    assert (stored.outcome, stored.entries, stored.at) == (poll.outcome, poll.entries, NOW)


async def test_not_modified_without_a_question_is_a_fault_and_no_health(desk: Desk) -> None:
    """A broken cache in between answers so to everybody: the feed would look healthy and never be read."""
    desk.origin.serve("/feed", b"", status=304, ETag='"a"')
    feed = await desk.watch("/feed")
    polls = [await desk.poller().poll_once(feed) for _ in range(2)]
    assert [(poll.outcome, poll.status) for poll in polls] == [("http_error", 304)] * 2
    state = await desk.state(feed)
    assert (state.failures, state.last_success_at) == (2, None)


async def test_the_second_poll_is_conditional_and_finds_nothing_modified(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE), ETag='"a"', Last_Modified="Mon, 21 Oct 2024 08:00:00 GMT")
    feed = await desk.watch("/feed")
    await desk.poller().poll_once(feed)
    poll = await desk.poller().poll_once(feed)
    first, second = desk.origin.asked("/feed")
    assert "if-none-match" not in first
    assert "application/atom+xml" in first["accept"]
    assert second["if-none-match"] == '"a"'
    assert second["if-modified-since"] == "Mon, 21 Oct 2024 08:00:00 GMT"
    assert (poll.outcome, poll.status, poll.entries) == ("not_modified", 304, {})
    assert len(desk.publisher.records) == 1


async def test_validators_are_refreshed_when_the_same_body_comes_with_new_ones(desk: Desk) -> None:
    feed = await desk.watch("/feed")
    for etag, outcome in (('"a"', "new_entries"), ('"b"', "same_body"), ('"b"', "not_modified")):
        desk.origin.serve("/feed", rss(ONE), ETag=etag)
        assert (await desk.poller().poll_once(feed)).outcome == outcome
        assert (await desk.state(feed)).validators.etag == etag


async def test_a_validator_that_is_gone_is_not_sent_for_ever(desk: Desk) -> None:
    feed = await desk.watch("/feed")
    desk.origin.serve("/feed", rss(ONE), ETag='"a"')
    await desk.poller().poll_once(feed)
    desk.origin.serve("/feed", rss(ONE))
    await desk.poller().poll_once(feed)
    assert (await desk.state(feed)).validators.etag is None


async def test_a_changed_entry_is_published_as_a_revision_of_its_story(desk: Desk) -> None:
    feed = await desk.watch("/feed")
    desk.origin.serve("/feed", rss(ONE))
    await desk.poller().poll_once(feed)
    desk.origin.serve("/feed", rss(item("One, corrected", guid="1"), TWO))
    poll = await desk.poller().poll_once(feed)
    assert poll.entries == {"published": 1, "revised": 1}
    first, revised, _ = desk.publisher.stories
    assert (revised.id, revised.revision, revised.title) == (first.id, 2, "One, corrected")


async def test_nothing_new_in_a_changed_document_is_said_so(desk: Desk) -> None:
    feed = await desk.watch("/feed")
    desk.origin.serve("/feed", rss(ONE, TWO))
    await desk.poller().poll_once(feed)
    desk.origin.serve("/feed", rss(TWO, ONE))
    poll = await desk.poller().poll_once(feed)
    assert (poll.outcome, poll.entries) == ("no_new_entries", {"unchanged": 2})


async def test_half_a_document_is_published_but_its_validators_are_not_kept(desk: Desk) -> None:
    feed = await desk.watch("/feed")
    whole = rss(ONE, TWO)
    desk.origin.serve("/feed", whole[: whole.index("Two")], ETag='"whole"')
    poll = await desk.poller().poll_once(feed)
    assert (poll.outcome, poll.entries.get("published")) == ("partial", 1)
    state = await desk.state(feed)
    assert state.validators == Validators()
    assert state.next_poll_at == NOW + timedelta(minutes=2)
    desk.origin.serve("/feed", whole, ETag='"whole"')
    poll = await desk.poller().poll_once(feed)
    assert (poll.outcome, poll.entries) == ("new_entries", {"unchanged": 1, "published": 1})
    assert (await desk.state(feed)).failures == 0


@pytest.mark.parametrize(
    ("document", "status", "outcome", "points"),
    [
        ("<!DOCTYPE html><html><body>Blocked</body></html>", 200, "page_instead", 2),
        ("", 200, "not_a_feed", 2),
        (rss(ONE), 401, "refused", 2),
        (rss(ONE), 403, "refused", 2),
        (rss(ONE), 404, "gone", 3),
        (rss(ONE), 410, "gone", 3),
        (rss(ONE), 429, "busy", 1),
        (rss(ONE), 503, "busy", 1),
        (rss(ONE), 500, "http_error", 1),
        ("x" * (11 * 1024 * 1024), 200, "too_large", 2),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
async def test_a_failed_poll_keeps_the_validators_and_is_counted(
    desk: Desk, document: str, status: int, outcome: PollOutcome, points: int
) -> None:
    feed = await desk.watch("/feed")
    desk.origin.serve("/feed", rss(ONE), ETag='"a"')
    await desk.poller().poll_once(feed)
    before = await desk.state(feed)
    desk.origin.serve("/feed", document, status=status)
    poll = await desk.poller().poll_once(feed)
    after = await desk.state(feed)
    assert (poll.outcome, after.last_outcome, after.failures) == (outcome, outcome, points)
    assert poll.error
    assert poll.error == after.last_error
    assert after.validators == before.validators
    assert desk.metrics.registry.get_sample_value("pactwatch_feed_polls_total", {"outcome": outcome}) == 1


async def test_a_server_that_is_gone_and_an_address_that_is_private_have_their_own_outcomes(
    desk: Desk,
) -> None:
    gone = await desk.watch("/feed")
    private = await desk.feeds.add(
        Feed(id="p", url="http://10.0.0.1/feed", name="p", outlet="p", language=None), NOW
    )
    assert (await desk.poller().poll_once(private)).outcome == "blocked"
    await desk.origin.__aexit__(None, None, None)
    assert (await desk.poller().poll_once(gone)).outcome == "unreachable"


async def test_retry_after_is_respected(desk: Desk) -> None:
    desk.origin.serve("/feed", "", status=429, Retry_After="7200")
    feed = await desk.watch("/feed")
    await desk.poller().poll_once(feed)
    assert (await desk.state(feed)).next_poll_at == NOW + timedelta(hours=2)


async def test_a_document_that_takes_too_long_is_given_up(desk: Desk) -> None:
    slow = IngestPolicy(parse_deadline=timedelta(seconds=0.3))
    desk.origin.serve("/slow", "<rss>" + "<" * 3_000_000)
    desk.origin.serve("/feed", rss(ONE))
    first, second = await desk.watch("/slow"), await desk.watch("/feed")
    assert (await desk.poller(slow).poll_once(first)).outcome == "parse_timeout"
    assert (await desk.poller().poll_once(second)).outcome == "new_entries"
