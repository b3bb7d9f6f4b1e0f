"""Servers that fail, refuse or ask for patience, and readers that give up or do not listen."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from shared.model.feed import PollOutcome
from tests.e2e.ingest.days import DAY, HOUR, always, report, reports
from tests.e2e.ingest.play import Play
from tests.origin.answers import Answer, endless, page, refusal
from tests.origin.score import impatient


async def test_an_oversized_body_counts_as_a_failure_and_is_not_due_again_at_once(play: Play) -> None:
    room, feed = await play.newsroom()
    big = Answer(body=b"<rss>" + b" " * 1_000_000, manner=endless(100 * 1024 * 1024))
    room.override = always(big)
    poll = await play.poll(feed)
    state = await play.state(feed)
    assert (poll.outcome, state.last_outcome) == ("too_large", "too_large")
    assert state.failures > 0
    assert state.next_poll_at > play.now + timedelta(minutes=1)
    assert state.validators.etag is None


async def test_oversized_bodies_do_not_starve_the_others(play: Play) -> None:
    big = Answer(body=b"<rss>" + b" " * 1_000_000, manner=endless(15 * 1024 * 1024))
    feeds = []
    for number in range(10):
        room, feed = await play.newsroom(f"big-{number}.example", interval=HOUR)
        room.override = always(big)
        feeds.append(feed)
    good, feed = await play.newsroom("good.example", script=reports(3, every=HOUR), interval=HOUR)
    good.publish(report(0))
    await play.on_time(feed, *feeds, lasting=timedelta(hours=3, minutes=59))
    assert [story.title for story in play.stories] == [f"Report {number}" for number in range(4)]
    good_polls = [poll for poll in play.polls if poll.feed_id == feed.id]
    assert len(good_polls) >= 4
    assert len(play.polls) - len(good_polls) <= 10 * len(good_polls), "failing feeds are asked more often"


@pytest.mark.parametrize(
    "answer",
    [refusal(500), refusal(403), page(), Answer(body=b""), refusal(404)],
    ids=["500", "403", "page", "empty", "404"],
)
async def test_no_number_of_errors_kills_a_feed(play: Play, answer: Answer) -> None:
    """Other readers give up after three: we ask at least daily, and the feed comes back by itself."""
    room, feed = await play.newsroom()
    room.publish(report(0))
    await play.poll(feed)
    room.override = always(answer)
    await play.on_time(feed, lasting=timedelta(days=10))
    times = [asked.at for asked in play.origin.asked]
    assert max(later - earlier for earlier, later in pairwise(times)) <= 1.1 * DAY
    assert [(event.kind, event.feed_id) for event in play.events] == [("unhealthy", feed.id)]
    room.override = None
    room.publish(report(1))
    await play.on_time(feed, lasting=1.2 * DAY)
    assert [story.title for story in play.stories] == ["Report 0", "Report 1"]
    assert [event.kind for event in play.events] == ["unhealthy", "recovered"]


OUTCOMES: list[tuple[Answer, PollOutcome]] = [
    (page(), "page_instead"),
    (Answer(body=b"", headers={"Content-Type": "application/rss+xml"}), "not_a_feed"),
    (refusal(410), "gone"),
    (refusal(404), "gone"),
    (refusal(403, cf_mitigated="challenge"), "refused"),
    (refusal(401), "refused"),
    (refusal(500), "http_error"),
    (refusal(429), "busy"),
    (refusal(503), "busy"),
]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    OUTCOMES,
    ids=[f"{number}-{case[0].status}" for number, case in enumerate(OUTCOMES)],
)
async def test_each_way_to_give_no_feed_has_its_name(
    play: Play, answer: Answer, outcome: PollOutcome
) -> None:
    room, feed = await play.newsroom()
    room.override = always(answer)
    assert (await play.poll(feed)).outcome == outcome


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_retry_after_is_respected(play: Play, status: int, form: str) -> None:
    room, feed = await play.newsroom()
    room.publish(report(0))

    def busy(_path: str, _headers: Mapping[str, str], now: datetime) -> Answer:
        until = now + timedelta(hours=5)
        return refusal(status, Retry_After="18000" if form == "seconds" else format_datetime(until))

    room.override = busy
    await play.poll(feed)
    room.override = None
    await play.on_time(feed, lasting=timedelta(hours=8))
    assert impatient(play.origin.asked) == []
    first, second, *_ = play.origin.asked
    assert timedelta(hours=5) <= second.at - first.at <= timedelta(hours=7)
    assert len(play.stories) == 1


async def test_a_retry_after_of_a_year_is_cut_to_a_day(play: Play) -> None:
    room, feed = await play.newsroom()
    room.override = always(refusal(503, Retry_After=str(365 * 24 * 3600)))
    await play.poll(feed)
    assert (await play.state(feed)).next_poll_at <= play.now + 1.1 * DAY


@pytest.mark.parametrize("status", [404, 410])
async def test_a_feed_that_is_gone_is_asked_daily_and_never_deleted(play: Play, status: int) -> None:
    room, feed = await play.newsroom()
    room.publish(report(0))
    await play.poll(feed)
    room.override = always(refusal(status))
    await play.on_time(feed, lasting=3 * DAY)
    del play.origin.asked[:]
    await play.on_time(feed, lasting=10 * DAY)
    assert 8 <= len(play.origin.asked) <= 13
    health = (await play.state(feed)).health
    assert health is not None
    assert health.state == "gone"
    assert str(status) in health.reason
    assert [(event.kind, event.health) for event in play.events] == [("unhealthy", "gone")]
