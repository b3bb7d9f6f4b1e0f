"""What polls mean for those to come: changes told, entries held, lies, hubs and pushes."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from services.ingest.poller import Poller
from shared.messages import FEED_EVENT, FEED_HUB
from shared.model.feed import Feed
from shared.model.health import FeedEvent
from shared.model.websub import FeedHub
from shared.topics import STORIES
from shared.workers import WorkerPool
from tests.unit.services.ingest.desk import NOW, Desk
from tests.unit.services.ingest.rss_documents import item, rss
from tests.unit.services.ingest.watching import asked, running
from tests.waiting import until

ONE, TWO = item("One", guid="1"), item("Two", guid="2")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def workers() -> Iterator[WorkerPool]:
    """One for all tests here: starting it takes longer than they do."""
    pool = WorkerPool(workers=1)
    yield pool
    asyncio.run(pool.close())


def events(desk: Desk) -> list[FeedEvent]:
    records = [record for record in desk.publisher.records if record.topic == FEED_EVENT.topic]
    return [msgspec.json.decode(record.value, type=FeedEvent) for record in records]


async def test_a_change_of_health_is_published_before_it_is_stored(desk: Desk) -> None:
    feed = await desk.watch("/missing")
    poller = desk.poller()
    desk.origin.serve("/missing", "", status=403)
    await poller.poll_once(feed)

    async def die() -> None:
        raise RuntimeError("the process dies here")

    desk.publisher.before_publish = die
    with pytest.raises(RuntimeError):
        await poller.poll_once(feed)
    assert (await desk.state(feed)).health is None
    desk.publisher.before_publish = None
    await desk.poller().poll_once(feed)
    (event,) = events(desk)
    health = (await desk.state(feed)).health
    assert health is not None
    assert (event.health, health.state, event.reason) == ("blocked", "blocked", "the server answered 403")
    assert desk.publisher.records[-1].key == feed.id


async def test_an_entry_is_held_before_it_is_published_and_acknowledged_after(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE))
    feed = await desk.watch("/feed")
    seen: list[int] = []

    async def look() -> None:
        known = await desk.entries.known(feed.outlet, ["1"], [])
        seen.extend(entry.acknowledged for entry in known)

    desk.publisher.before_publish = look
    await desk.poller().poll_once(feed)
    (entry,) = await desk.entries.known(feed.outlet, ["1"], [])
    assert (seen, entry.acknowledged) == ([0], 1)


async def test_a_gap_is_suspected_when_two_documents_share_nothing(desk: Desk) -> None:
    feed = await desk.watch("/feed")
    gaps = []
    for entries in ((ONE,), (ONE, TWO), (item("Nine", guid="9"),)):
        desk.origin.serve("/feed", rss(*entries))
        gaps.append((await desk.poller().poll_once(feed)).gap_suspected)
    assert gaps == [False, False, True]
    assert (await desk.state(feed)).gap_suspected_at == NOW


async def test_a_state_is_read_once_and_then_remembered(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE), ETag='"a"')
    feed = await desk.watch("/feed")
    poller = desk.poller()
    await poller.poll_once(feed)
    await poller.poll_once(feed)
    assert desk.origin.asked("/feed")[1]["if-none-match"] == '"a"'
    state = await desk.state(feed)
    assert (state.polls, state.document and state.document.entries) == (2, 1)


async def test_a_feed_is_polled_at_once_when_asked_for(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE))
    feed = await desk.watch("/feed")
    async with running(desk, reload=HOUR) as poller:
        await until(asked(desk, "/feed"))
        await poller.poll_now(feed.id)
        await until(asked(desk, "/feed", 2))


async def test_a_pushed_document_is_published_and_leaves_schedule_and_validators(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE), ETag='"a"')
    feed = await desk.watch("/feed")
    poller = desk.poller()
    await poller.poll_once(feed)
    before = await desk.state(feed)
    for _ in range(2):
        await poller.examine_pushed(feed, rss(TWO, ONE).encode(), "application/rss+xml")
    after = await desk.state(feed)
    assert [story.title for story in desk.publisher.stories] == ["One", "Two"]
    assert (after.next_poll_at, after.validators) == (before.next_poll_at, before.validators)
    assert after.totals == {"published": 2, "unchanged": 3}
    desk.origin.serve("/feed", rss(TWO, ONE), ETag='"b"')
    assert (await poller.poll_once(feed)).entries == {"unchanged": 2}


async def test_a_push_that_cannot_be_read_makes_the_feed_due(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE))
    feed = await desk.watch("/feed")
    async with running(desk, reload=HOUR) as poller:
        await until(asked(desk, "/feed"))
        await poller.examine_pushed(feed, b"no feed at all", None)
        await until(asked(desk, "/feed", 2))


async def test_the_hub_of_a_feed_is_told_once(desk: Desk) -> None:
    links = '<https://hub.example/>; rel="hub", <https://paper.example/feed>; rel="self"'
    desk.origin.serve("/feed", rss(ONE), Link=links)
    feed = await desk.watch("/feed")
    poller = desk.poller()
    await poller.poll_once(feed)
    desk.origin.serve("/feed", rss(TWO, ONE), Link=links)
    await poller.poll_once(feed)
    records = [record for record in desk.publisher.records if record.topic == FEED_HUB.topic]
    (hub,) = [msgspec.json.decode(record.value, type=FeedHub) for record in records]
    assert (hub.feed_id, hub.hub, hub.topic) == (
        feed.id,
        "https://hub.example/",
        "https://paper.example/feed",
    )
    assert [record.topic for record in desk.publisher.records].count(STORIES) == 2


async def test_polls_of_one_outlet_that_bring_the_same_story_publish_it_once(desk: Desk) -> None:
    both = [await desk.watch(path) for path in ("/one", "/two")]
    for path in ("/one", "/two"):
        desk.origin.serve(path, rss(item("One", guid="1", link="https://paper.example/1")))
    poller = desk.poller()
    await asyncio.gather(*(poller.poll_once(feed) for feed in both))
    assert [story.title for story in desk.publisher.stories] == ["One"]


async def _lying(feed: Feed, poller: Poller) -> int:
    """Poll until the lie is found; how many polls that took."""
    for number in range(1, 70):
        poll = await poller.poll_once(feed)
        if poll.outcome == "new_entries":
            assert poll.error is not None
            return number
    raise AssertionError("never found out")


async def test_a_lying_validator_is_found_out_and_not_sent_for_fifty_polls(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE), ETag='"for ever"')
    feed = await desk.watch("/feed")
    poller = desk.poller()
    await poller.poll_once(feed)
    desk.origin.serve("/feed", rss(TWO, ONE), ETag='"for ever"')
    polls = await _lying(feed, poller)
    assert 9 <= polls <= 60
    state = await desk.state(feed)
    assert state.distrusted_until == state.polls + 50
    assert state.health is not None
    assert "denied" in state.health.reason
    desk.origin.serve("/feed", rss(item("Three", guid="3"), TWO, ONE), ETag='"for ever"')
    assert (await poller.poll_once(feed)).outcome == "new_entries"
