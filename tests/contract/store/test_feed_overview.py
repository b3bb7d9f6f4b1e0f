"""Many feeds at once: taken in, found and counted."""

from dataclasses import replace
from datetime import timedelta

from shared.db import Database
from shared.model.health import FeedHealth
from shared.store.feed_overview import FeedFilter, FeedGroup, FeedOverview
from shared.store.feed_states import FeedStateStore, Recording
from shared.store.feeds import FeedStore
from tests.contract.store.feed_samples import NOW, feed, poll, state


async def test_many_feeds_are_taken_in_at_once_and_those_there_stay_as_they_are(database: Database) -> None:
    store = FeedStore(database)
    await store.add(feed(1), NOW)
    await store.add_all([replace(feed(1), name="Renamed"), feed(2), feed(3)], NOW)
    await store.add_all([], NOW)
    found = {each.id: each for each in await store.list(None, 10)}
    assert found == {each.id: each for each in (feed(1), feed(2), feed(3))}


async def test_feeds_come_with_what_is_known_of_them_or_nothing(database: Database) -> None:
    await FeedStore(database).add_all([feed(1), feed(2)], NOW)
    await FeedStateStore(database).record([Recording(state=state(feed(1)), poll=poll(feed(1)))])
    found = await FeedOverview(database).list(None, 10, FeedFilter())
    assert {each.id: known for each, known in found} == {feed(1).id: state(feed(1)), feed(2).id: None}
    assert [each.id for each, _ in found] == sorted((feed(1).id, feed(2).id))


async def test_every_enabled_feed_is_in_one_group_with_the_oldest_reading(database: Database) -> None:
    await FeedStore(database).add_all([*map(feed, range(4)), feed(4, enabled=False)], NOW)
    old = NOW - timedelta(days=1)
    gone = FeedHealth(state="gone", since=NOW, reason="410")
    states = [
        replace(state(feed(0)), health=gone),
        replace(state(feed(1)), health=gone, last_success_at=old),
        replace(state(feed(2)), health=gone, next_poll_at=old),
    ]
    await FeedStateStore(database).record(
        [Recording(state=each, poll=poll(feed(number))) for number, each in enumerate(states)]
    )
    groups = await FeedOverview(database).groups(NOW)
    assert set(groups) == {
        FeedGroup(health="gone", overdue=False, feeds=2, read_at=old),
        FeedGroup(health="gone", overdue=True, feeds=1, read_at=NOW),
        FeedGroup(health=None, overdue=False, feeds=1, read_at=None),
    }
