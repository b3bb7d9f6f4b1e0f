"""Servers that ask for patience: no feed of their domain is asked meanwhile, others are."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.model.feed import DomainHold
from shared.store.domains import DomainStore
from shared.store.pacing import PacingStore
from shared.workers import WorkerPool
from tests.unit.services.ingest.desk import NOW, Desk
from tests.unit.services.ingest.rss_documents import item, rss
from tests.unit.services.ingest.watching import asked, known, running
from tests.waiting import until

ONE = item("One", guid="1")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def workers() -> Iterator[WorkerPool]:
    """One for all tests here: starting it takes longer than they do."""
    pool = WorkerPool(workers=1)
    yield pool
    asyncio.run(pool.close())


async def test_a_429_holds_the_whole_domain_and_the_hold_is_stored(desk: Desk) -> None:
    desk.origin.serve("/busy", "", status=429, Retry_After="7200")
    feed = await desk.watch("/busy")
    await desk.poller().poll_once(feed)
    assert desk.parts.domains is not None
    (hold,) = await desk.parts.domains.holds(NOW)
    assert (hold.domain, hold.until) == ("127.0.0.1", NOW + 2 * HOUR)
    desk.origin.serve("/other", rss(ONE))
    other = await desk.watch("/other")
    elsewhere = replace(other, id="elsewhere", url=f"http://localhost:{desk.origin.port}/elsewhere")
    await desk.feeds.add(elsewhere, desk.now)
    async with running(desk):
        await until(known(desk, elsewhere))
    assert desk.origin.asked("/other") == []
    desk.now += 2 * HOUR
    async with running(desk):
        await until(asked(desk, "/other"))
    assert (await desk.state(other)).last_outcome == "new_entries"


async def test_a_feed_added_to_a_domain_on_hold_is_not_asked_while_others_are(desk: Desk) -> None:
    desk.origin.serve("/busy", "", status=429, Retry_After="7200")
    desk.origin.serve("/other", rss(ONE))
    busy = await desk.watch("/busy")
    async with running(desk):
        await until(known(desk, busy))
        other = await desk.watch("/other")
        elsewhere = replace(other, id="elsewhere", url=f"http://localhost:{desk.origin.port}/elsewhere")
        await desk.feeds.add(elsewhere, desk.now)
        await until(known(desk, elsewhere))
    assert desk.origin.asked("/other") == []


class CountedDomains(DomainStore):
    """Counts how often the poller asked whom to spare."""

    asked = 0

    async def spared(self, now: datetime, pause: timedelta) -> Mapping[str, datetime]:
        self.asked += 1
        return await super().spared(now, pause)


async def test_a_site_whose_page_was_just_asked_for_is_spared_for_the_pause(desk: Desk) -> None:
    minute = timedelta(minutes=1)
    pages = PacingStore(desk.database)
    assert await pages.reserve("127.0.0.1", pause=minute, now=NOW, latest=NOW) == NOW
    desk.origin.serve("/feed", rss(ONE))
    feed = await desk.watch("/feed")
    elsewhere = replace(feed, id="elsewhere", url=f"http://localhost:{desk.origin.port}/elsewhere")
    await desk.feeds.add(elsewhere, desk.now)
    async with running(desk, pause=minute):
        await until(known(desk, elsewhere))
    assert desk.origin.asked("/feed") == []
    desk.now += minute
    async with running(desk, pause=minute):
        await until(asked(desk, "/feed"))


async def test_patience_asked_of_another_service_is_heard_while_polling(desk: Desk) -> None:
    domains = CountedDomains(desk.database)
    desk.parts = replace(desk.parts, domains=domains)
    desk.origin.serve("/feed", rss(ONE))
    async with running(desk):
        await domains.hold(DomainHold(domain="127.0.0.1", until=NOW + HOUR, reason="429 for a page"))
        before = domains.asked
        await until(_asked_again(domains, before + 2))
        feed = await desk.watch("/feed")
        elsewhere = replace(feed, id="elsewhere", url=f"http://localhost:{desk.origin.port}/elsewhere")
        await desk.feeds.add(elsewhere, desk.now)
        await until(known(desk, elsewhere))
    assert desk.origin.asked("/feed") == []


def _asked_again(domains: CountedDomains, times: int) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return domains.asked >= times

    return check


async def test_a_feed_that_waits_for_a_place_is_asked_as_soon_as_there_is_one(desk: Desk) -> None:
    feeds = [await desk.watch(path) for path in ("/one", "/two", "/three")]
    async with running(desk, reload=HOUR, concurrency=1):
        for feed in feeds:
            await until(known(desk, feed))


async def test_a_429_without_a_time_holds_for_a_quarter_of_an_hour_and_a_503_for_none(desk: Desk) -> None:
    assert desk.parts.domains is not None
    desk.origin.serve("/feed", "", status=503)
    feed = await desk.watch("/feed")
    await desk.poller().poll_once(feed)
    assert await desk.parts.domains.holds(NOW) == ()
    desk.origin.serve("/feed", "", status=429)
    await desk.poller().poll_once(feed)
    (hold,) = await desk.parts.domains.holds(NOW)
    assert hold.until == NOW + timedelta(minutes=15)
