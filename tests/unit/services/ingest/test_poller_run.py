"""The poller on its own: every feed in its time, whatever fails around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from services.ingest.poller import Poller
from shared.model.feed import Feed
from tests.unit.services.ingest.desk import Desk
from tests.unit.services.ingest.rss_documents import item, rss
from tests.waiting import until


@asynccontextmanager
async def running(poller: Poller) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(poller.run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


def hurried(desk: Desk) -> Poller:
    """One that does not spare the loopback address on which all feeds of the tests are."""
    return desk.poller(replace(desk.policy, pause=timedelta()))


def polled(desk: Desk, feed: Feed, times: int) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return len(await desk.states.polls(feed.id, 100)) >= times

    return check


async def test_due_feeds_are_polled_and_a_feed_added_meanwhile_too(desk: Desk) -> None:
    desk.origin.serve("/one", rss(item("One", guid="1")))
    desk.origin.serve("/two", rss(item("Two", guid="2")))
    one = await desk.watch("/one")
    async with running(hurried(desk)):
        await until(polled(desk, one, 1))
        two = await desk.watch("/two")
        await until(polled(desk, two, 1))
        assert await desk.feeds.remove(one.id)
    assert sorted(story.title for story in desk.publisher.stories) == ["One", "Two"]


async def test_a_restarted_poller_asks_again_only_when_it_is_time(desk: Desk) -> None:
    desk.origin.serve("/one", rss(item("One")))
    one = await desk.watch("/one")
    async with running(hurried(desk)):
        await until(polled(desk, one, 1))
    probe = await desk.watch("/probe")
    async with running(hurried(desk)):
        await until(polled(desk, probe, 1))
    assert len(desk.origin.asked("/one")) == 1
    desk.now += timedelta(minutes=10)
    async with running(hurried(desk)):
        await until(polled(desk, one, 2))


async def test_the_first_bad_poll_after_the_machine_slept_does_not_make_a_feed_stale(desk: Desk) -> None:
    desk.origin.serve("/one", rss(item("One")))
    one = await desk.watch("/one")
    async with running(hurried(desk)):
        await until(polled(desk, one, 1))
        desk.origin.serve("/one", "", status=500)
        desk.now += timedelta(hours=8)
        await until(polled(desk, one, 2))
    health = (await desk.state(one)).health
    assert health is not None
    assert health.state == "healthy"


async def test_one_feed_that_fails_in_every_way_does_not_hold_up_the_others(desk: Desk) -> None:
    desk.origin.serve("/page", "<html><body>Hello</body></html>")
    desk.origin.serve("/down", "", status=500)
    desk.origin.serve("/good", rss(item("Good")))
    feeds = [await desk.watch(path) for path in ("/page", "/down", "/missing", "/good")]
    async with running(hurried(desk)):
        for feed in feeds:
            await until(polled(desk, feed, 1))
    outcomes = [(await desk.state(feed)).last_outcome for feed in feeds]
    assert outcomes == ["page_instead", "http_error", "gone", "new_entries"]


async def test_a_fault_of_ours_in_one_feed_is_counted_and_the_others_go_on(desk: Desk) -> None:
    desk.origin.serve("/one", rss(item("One")))
    one = await desk.watch("/one")
    faults = iter([RuntimeError("a fault of ours")])

    async def fault() -> None:
        for error in faults:
            raise error

    desk.publisher.before_publish = fault
    async with running(hurried(desk)):
        await until(lambda: broken(desk))
        desk.origin.serve("/two", rss(item("Two")))
        two = await desk.watch("/two")
        await until(polled(desk, two, 1))
    assert await desk.states.polls(one.id, 10) == ()


async def test_it_waits_for_the_stream_and_goes_on_by_itself(desk: Desk) -> None:
    desk.origin.serve("/one", rss(item("One")))
    one = await desk.watch("/one")
    desk.publisher.down = True
    async with running(hurried(desk)):
        await asyncio.wait_for(desk.publisher.refused.wait(), 20)
        desk.publisher.down = False
        await until(polled(desk, one, 1))
    assert len(desk.origin.asked("/one")) == 1
    assert (await desk.state(one)).failures == 0


async def test_it_stops_while_the_stream_is_gone_and_loses_nothing(desk: Desk) -> None:
    desk.origin.serve("/one", rss(item("One")), ETag='"a"')
    one = await desk.watch("/one")
    desk.publisher.down = True
    async with running(hurried(desk)):
        await asyncio.wait_for(desk.publisher.refused.wait(), 20)
    assert await desk.states.states([one.id]) == {}
    desk.publisher.down = False
    async with running(hurried(desk)):
        await until(polled(desk, one, 1))
    assert [story.title for story in desk.publisher.stories] == ["One"]


async def broken(desk: Desk) -> bool:
    return desk.metrics.registry.get_sample_value("pactwatch_feed_polls_total", {"outcome": "broken"}) == 1
