"""What a poll does when the stream or the database is gone, or the process dies in the middle."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from services.ingest.poller import Poller
from shared.db import Database
from shared.errors import DatabaseUnavailableError
from shared.model.feed import KnownEntry
from shared.store.entries import EntryStore
from shared.store.feed_states import FeedStateStore, Recording
from shared.workers import WorkerPool
from tests.unit.services.ingest.desk import Desk
from tests.unit.services.ingest.rss_documents import item, rss

ONE = item("One", guid="1")


@pytest.fixture(scope="module")
def workers() -> Iterator[WorkerPool]:
    """One for all tests here: starting it takes longer than they do."""
    pool = WorkerPool(workers=1)
    yield pool
    asyncio.run(pool.close())


async def test_nothing_is_stored_before_the_stories_are_acknowledged(desk: Desk) -> None:
    feed = await desk.watch("/feed")
    desk.origin.serve("/feed", rss(ONE), ETag='"a"')
    seen: list[dict[str, object]] = []

    async def look() -> None:
        seen.append(dict(await desk.states.states([feed.id])))
        raise RuntimeError("the process dies here")

    desk.publisher.before_publish = look
    with pytest.raises(RuntimeError):
        await desk.poller().poll_once(feed)
    assert seen == [{}]
    desk.publisher.before_publish = None
    poll = await desk.poller().poll_once(feed)
    assert (poll.outcome, poll.entries) == ("new_entries", {"published": 1})
    assert "if-none-match" not in desk.origin.asked("/feed")[1]


async def test_a_stream_that_is_gone_is_waited_for_without_asking_the_server_again(desk: Desk) -> None:
    feed = await desk.watch("/feed")
    desk.origin.serve("/feed", rss(ONE))
    desk.publisher.down = True
    poller = desk.poller()
    polling = asyncio.create_task(poller.poll_once(feed))
    await asyncio.wait_for(desk.publisher.refused.wait(), 20)
    assert poller.waiting_for is not None
    assert await desk.states.states([feed.id]) == {}
    desk.publisher.down = False
    poll = await asyncio.wait_for(polling, 20)
    assert poll.outcome == "new_entries"
    assert (await desk.state(feed)).failures == 0
    assert len(desk.origin.requests) == 1
    assert poller.waiting_for is None


class FlakyEntryStore(EntryStore):
    """Its database is gone at the first call of each kind."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._failing = {"known", "hold"}

    async def known(
        self, outlet: str, keys: Sequence[str], link_keys: Sequence[str]
    ) -> tuple[KnownEntry, ...]:
        fail_once(self._failing, "known")
        return await super().known(outlet, keys, link_keys)

    async def hold(self, held: Sequence[KnownEntry]) -> None:
        fail_once(self._failing, "hold")
        await super().hold(held)


class FlakyStateStore(FeedStateStore):
    """Its database is gone at the first record."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._failing = {"record"}

    async def record(self, recordings: Sequence[Recording]) -> None:
        fail_once(self._failing, "record")
        await super().record(recordings)


def fail_once(failing: set[str], call: str) -> None:
    if call in failing:
        failing.remove(call)
        raise DatabaseUnavailableError("gone for the test")


async def test_a_database_that_is_gone_is_waited_for_with_what_was_found(desk: Desk) -> None:
    feed = await desk.watch("/feed")
    desk.origin.serve("/feed", rss(ONE))
    parts = replace(desk.parts, states=FlakyStateStore(desk.database), entries=FlakyEntryStore(desk.database))
    poll = await asyncio.wait_for(Poller(parts, desk.policy).poll_once(feed), 20)
    assert poll.entries == {"published": 1}
    assert (await desk.state(feed)).failures == 0
    assert len(desk.origin.requests) == len(desk.publisher.records) == 1
