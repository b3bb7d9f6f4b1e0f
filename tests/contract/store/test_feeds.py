"""What is watched, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from shared.db import Database
from shared.store.feeds import FeedStore
from tests.contract.store.feed_samples import NOW, feed


@pytest.fixture
def store(database: Database) -> FeedStore:
    return FeedStore(database)


async def test_a_feed_is_added_once_per_address_and_stays_as_it_was(store: FeedStore) -> None:
    added = await store.add(feed(1, interval=timedelta(minutes=5)), NOW)
    again = await store.add(replace(feed(1), name="Other"), NOW)
    assert added == again == await store.get(added.id) == feed(1, interval=timedelta(minutes=5))


async def test_a_feed_is_changed_in_place(store: FeedStore) -> None:
    before, other = await store.add(feed(1), NOW), await store.add(feed(2), NOW)
    after = replace(before, name="Other", enabled=False, language=None, tier=1, owner=None, country="KP")
    assert await store.update(after)
    assert await store.get(before.id) == after
    assert await store.get(other.id) == other
    assert not await store.update(feed(3))


async def test_a_feed_keeps_the_outlet_that_names_its_stories(store: FeedStore) -> None:
    one = await store.add(feed(1), NOW)
    assert await store.update(replace(one, name="Renamed", outlet="Other"))
    assert await store.get(one.id) == replace(one, name="Renamed")


async def test_a_list_is_taken_in_at_once(store: FeedStore) -> None:
    known, other = await store.add(feed(1), NOW), await store.add(feed(2), NOW)
    changed = replace(known, name="Renamed", enabled=False, tier=None, interval=timedelta(minutes=5))
    await store.take_in([feed(3), other], [replace(changed, outlet="Other"), feed(4)], NOW)
    found = {one.id: one for one in await store.list(None, 10)}
    assert found == {one.id: one for one in (changed, other, feed(3))}


async def test_a_list_that_cannot_be_stored_whole_changes_nothing(store: FeedStore) -> None:
    known = await store.add(feed(1), NOW)
    nameless: Any = None
    with pytest.raises(IntegrityError):
        await store.take_in([feed(2)], [replace(known, name="Renamed"), replace(known, name=nameless)], NOW)
    assert await store.list(None, 10) == (known,)


async def test_a_removed_feed_is_gone(store: FeedStore) -> None:
    added = await store.add(feed(1), NOW)
    assert await store.remove(added.id)
    assert not await store.remove(added.id)
    assert await store.get(added.id) is None


async def test_feeds_are_listed_page_by_page_without_gaps(store: FeedStore) -> None:
    feeds = sorted([await store.add(feed(number), NOW) for number in range(5)], key=lambda one: one.id)
    first = await store.list(None, 3)
    second = await store.list(first[-1].id, 3)
    assert [*first, *second] == feeds


async def test_only_enabled_feeds_are_polled(store: FeedStore) -> None:
    on, off = await store.add(feed(1), NOW), await store.add(feed(2, enabled=False), NOW)
    assert await store.enabled() == (on,)
    assert await store.get(off.id) == off
