"""What happens to one feed at the same time: polls, pushes, the passing of time, and its removal."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import msgspec
import pytest

from services.ingest.knowledge import Knowledge
from services.ingest.polling import Polling
from services.ingest.unread import UnreadFeeds
from shared.messages import FEED_EVENT, FEED_HUB
from shared.model.feed import DomainHold, FeedState
from shared.model.health import FeedEvent
from shared.patience import Patience
from shared.store.feed_states import FeedStateStore, Recording
from shared.workers import WorkerPool
from tests.unit.services.ingest.desk import Desk
from tests.unit.services.ingest.rss_documents import item, rss

ONE, TWO = item("One", guid="1"), item("Two", guid="2")
HOUR = timedelta(hours=1)
ENOUGH_SECONDS = 0.5
"""For what does not wait its turn to overtake what is under way."""


@pytest.fixture(scope="module")
def workers() -> Iterator[WorkerPool]:
    """One for all tests here: starting it takes longer than they do."""
    pool = WorkerPool(workers=1)
    yield pool
    asyncio.run(pool.close())


class Gate:
    """Stops whoever passes, until it is opened."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def passed(self) -> None:
        self.reached.set()
        await self.opened.wait()


class LateStates(FeedStateStore):
    """Reads at once and tells later."""

    gate: Gate | None = None

    async def states(self, ids: Sequence[str]) -> dict[str, FeedState]:
        found = await super().states(ids)
        if self.gate is not None:
            await self.gate.passed()
        return found


class LateRecords(FeedStateStore):
    """Stores when it is let."""

    gate: Gate | None = None

    async def record(self, recordings: Sequence[Recording]) -> None:
        if self.gate is not None:
            await self.gate.passed()
        await super().record(recordings)


class Service(NamedTuple):
    """What polls, what looks for unread feeds, and what both know."""

    polling: Polling
    unread: UnreadFeeds
    knowledge: Knowledge


def service(desk: Desk, states: FeedStateStore | None = None) -> Service:
    parts = replace(desk.parts, clock=lambda: desk.now, states=states or desk.states)
    stop = asyncio.Event()
    patience = Patience(name="ingest", metrics=desk.metrics, random=lambda: 0.5, stop=stop)
    knowledge = Knowledge(parts, desk.policy, patience)
    holds: list[DomainHold] = []
    polling = Polling(parts, desk.policy, patience, knowledge, holds.append)
    return Service(polling, UnreadFeeds(parts, knowledge, patience), knowledge)


def events(desk: Desk) -> list[FeedEvent]:
    records = [record for record in desk.publisher.records if record.topic == FEED_EVENT.topic]
    return [msgspec.json.decode(record.value, type=FeedEvent) for record in records]


def hubs_told(desk: Desk) -> int:
    return [record.topic for record in desk.publisher.records].count(FEED_HUB.topic)


async def test_a_poll_that_ends_beside_a_push_loses_nothing_of_either(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE), ETag='"a"')
    feed, polls, gate = await desk.watch("/feed"), service(desk), Gate()
    await polls.polling.poll(feed, urgent=True)
    desk.publisher.before_publish = gate.passed
    push = asyncio.create_task(polls.polling.push(feed, rss(TWO, ONE).encode(), "application/rss+xml"))
    await gate.reached.wait()
    poll = asyncio.create_task(polls.polling.poll(feed, urgent=True))
    await asyncio.wait({poll}, timeout=ENOUGH_SECONDS)
    gate.opened.set()
    await asyncio.gather(push, poll)
    state = await desk.state(feed)
    assert (state.polls, state.last_outcome) == (2, "not_modified")
    assert state.totals == {"published": 2, "unchanged": 1}


async def test_a_change_found_by_a_poll_is_not_told_again_because_time_passed(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE))
    feed, polls, gate = await desk.watch("/feed"), service(desk), Gate()
    await polls.polling.poll(feed, urgent=True)
    desk.now += 2 * HOUR
    desk.origin.serve("/feed", "", status=403)
    desk.publisher.before_publish = gate.passed
    poll = asyncio.create_task(polls.polling.poll(feed, urgent=True))
    await gate.reached.wait()
    look = asyncio.create_task(polls.unread.look_at(feed))
    await asyncio.wait({look}, timeout=ENOUGH_SECONDS)
    gate.opened.set()
    await asyncio.gather(poll, look)
    (event,) = events(desk)
    state = await desk.state(feed)
    assert (event.health, state.polls, state.last_outcome) == ("stale", 2, "refused")


async def test_what_is_known_of_a_feed_outlives_its_removal_during_a_poll(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE))
    feed, polls = await desk.watch("/feed"), service(desk)
    await polls.polling.poll(feed, urgent=True)
    poll = asyncio.create_task(polls.polling.poll(feed, urgent=True))
    await asyncio.wait({poll}, timeout=0)
    polls.knowledge.forget(feed.id)
    await poll
    state = await desk.state(feed)
    assert (state.polls, state.totals) == (2, {"published": 1})


async def test_a_state_that_was_read_slowly_does_not_replace_what_was_stored_meanwhile(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE), ETag='"a"')
    feed, states = await desk.watch("/feed"), LateStates(desk.database)
    polls = service(desk, states)
    await polls.polling.poll(feed, urgent=True)
    states.gate = Gate()
    load = asyncio.create_task(polls.knowledge.load([feed.id]))
    await states.gate.reached.wait()
    await polls.polling.poll(feed, urgent=True)
    states.gate.opened.set()
    await load
    await polls.polling.poll(feed, urgent=True)
    assert (await desk.state(feed)).polls == 3


async def test_what_a_push_that_was_cut_off_had_stored_is_known_to_the_next_poll(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE), ETag='"a"')
    feed, states, gate = await desk.watch("/feed"), LateRecords(desk.database), Gate()
    polls = service(desk, states)
    await polls.polling.poll(feed, urgent=True)
    states.gate = gate
    push = asyncio.create_task(polls.polling.push(feed, rss(TWO, ONE).encode(), "application/rss+xml"))
    await gate.reached.wait()
    push.cancel()
    await asyncio.wait({push})
    gate.opened.set()
    await polls.knowledge.close()
    await polls.polling.poll(feed, urgent=True)
    assert (await desk.state(feed)).totals == {"published": 2, "unchanged": 1}


async def test_no_feed_is_stale_because_we_were_asleep(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE))
    feed, polls = await desk.watch("/feed"), service(desk)
    await polls.unread.look_over([feed])
    await polls.polling.poll(feed, urgent=True)
    desk.now += 8 * HOUR
    await polls.unread.look_over([feed])
    assert events(desk) == []
    for _ in range(70):
        desk.now += timedelta(minutes=1)
        await polls.unread.look_over([feed])
    (event,) = events(desk)
    assert event.health == "stale"


async def test_a_feed_that_is_watched_again_is_not_stale_before_it_was_asked(desk: Desk) -> None:
    desk.origin.serve("/feed", rss(ONE))
    feed, polls = await desk.watch("/feed"), service(desk)
    await polls.knowledge.load([feed.id])
    await polls.polling.poll(feed, urgent=True)
    polls.knowledge.forget(feed.id)
    for _ in range(100):
        desk.now += timedelta(minutes=1)
        polls.knowledge.network.here(desk.now)
    await polls.knowledge.load([feed.id])
    await polls.unread.look_over([feed])
    assert events(desk) == []
    for _ in range(70):
        desk.now += timedelta(minutes=1)
        await polls.unread.look_over([feed])
    assert [event.health for event in events(desk)] == ["stale"]


async def test_one_bad_poll_of_a_feed_just_added_does_not_make_it_stale(desk: Desk) -> None:
    desk.origin.serve("/feed", "", status=500)
    feed, polls = await desk.watch("/feed"), service(desk)
    desk.now += 10 * HOUR
    await polls.knowledge.load([feed.id])
    await polls.polling.poll(feed, urgent=True)
    assert (events(desk), (await desk.state(feed)).health) == ([], None)


async def test_half_a_document_does_not_say_that_the_feed_has_left_its_hub(desk: Desk) -> None:
    links = '<https://hub.example/>; rel="hub", <https://paper.example/feed>; rel="self"'
    desk.origin.serve("/feed", rss(ONE), Link=links)
    feed, polls = await desk.watch("/feed"), service(desk)
    await polls.polling.poll(feed, urgent=True)
    desk.origin.serve("/feed", rss(TWO, ONE).encode()[:-30])
    half = await polls.polling.poll(feed, urgent=True)
    assert (half.poll.outcome, hubs_told(desk)) == ("partial", 1)
    desk.origin.serve("/feed", rss(TWO, ONE))
    await polls.polling.poll(feed, urgent=True)
    assert hubs_told(desk) == 2
