"""What the feed store keeps, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from shared.db import Database
from shared.model.feed import Feed, FeedState, KnownEntry, Poll, Validators
from shared.model.ids import feed_id
from shared.store.feeds import FeedStore

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)


def feed(number: int, *, enabled: bool = True, interval: timedelta | None = None) -> Feed:
    url = f"https://sample.example/{number}.xml"
    return Feed(
        id=feed_id(url),
        url=url,
        name=f"Sample {number}",
        outlet="표본",
        language="ko",
        enabled=enabled,
        interval=interval,
    )


def state(feed: Feed) -> FeedState:
    return FeedState(
        feed_id=feed.id,
        validators=Validators(etag='"a"', last_modified="Mon", body_hash="0" * 64),
        next_poll_at=NOW + timedelta(minutes=10),
        last_poll_at=NOW,
        last_success_at=NOW,
        last_new_at=NOW,
        last_outcome="new_entries",
    )


def poll(feed: Feed, at: datetime = NOW) -> Poll:
    return Poll(
        feed_id=feed.id,
        at=at,
        outcome="new_entries",
        status=200,
        elapsed=timedelta(milliseconds=35),
        entries={"published": 2, "unchanged": 1},
        error=None,
    )


def entry(feed: Feed, key: str, revision: int = 1) -> KnownEntry:
    return KnownEntry(
        feed_id=feed.id,
        entry_key=key,
        story_id="s-" + key,
        revision=revision,
        content_hash="0" * 64,
        first_seen_at=NOW,
        last_seen_at=NOW,
    )


@pytest.fixture
def store(database: Database) -> FeedStore:
    return FeedStore(database)


async def test_a_feed_is_added_once_per_address_and_stays_as_it_was(store: FeedStore) -> None:
    added = await store.add(feed(1, interval=timedelta(minutes=5)), NOW)
    again = await store.add(replace(feed(1), name="Other"), NOW)
    assert added == again == await store.get(added.id) == feed(1, interval=timedelta(minutes=5))


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


async def test_a_poll_is_recorded_whole(store: FeedStore) -> None:
    one, other = feed(1), feed(2)
    await store.record_poll(state(one), poll(one), [entry(one, "a"), entry(one, "b")])
    assert await store.states([one.id, other.id]) == {one.id: state(one)}
    assert await store.known_entries(one.id, ["a", "b", "c"]) == {key: entry(one, key) for key in "ab"}
    assert await store.known_entries(other.id, ["a"]) == {}
    assert await store.polls(one.id, 10) == (poll(one),)


async def test_a_later_poll_replaces_the_state_and_the_revisions(store: FeedStore) -> None:
    one = feed(1)
    await store.record_poll(state(one), poll(one), [entry(one, "a"), entry(one, "b")])
    later = replace(
        state(one), validators=Validators(), failures=3, last_error="down", last_outcome="unreachable"
    )
    await store.record_poll(later, poll(one), [entry(one, "a", revision=2)])
    assert await store.states([one.id]) == {one.id: later}
    known = await store.known_entries(one.id, ["a", "b"])
    assert (known["a"].revision, known["b"].revision) == (2, 1)


async def test_a_poll_that_cannot_be_recorded_whole_is_not_recorded_at_all(store: FeedStore) -> None:
    one = feed(1)
    broken = replace(entry(one, "a"), story_id=cast("str", None))  # which the database refuses
    with pytest.raises(Exception, match=r"(?i)null"):
        await store.record_poll(state(one), poll(one), [broken])
    assert await store.states([one.id]) == {}
    assert await store.polls(one.id, 10) == ()


async def test_the_last_hundred_polls_of_each_feed_are_kept_the_newest_first(store: FeedStore) -> None:
    one, other = feed(1), feed(2)
    await store.record_poll(state(other), poll(other), [])
    for number in range(103):
        await store.record_poll(state(one), poll(one, NOW + timedelta(minutes=number)), [])
    kept = await store.polls(one.id, 1000)
    assert [each.at for each in kept] == [NOW + timedelta(minutes=n) for n in range(102, 2, -1)]
    assert len(await store.polls(one.id, 5)) == 5
    assert len(await store.polls(other.id, 10)) == 1


async def test_thousands_of_entries_are_stored_and_found_at_once(store: FeedStore) -> None:
    one = feed(1)
    keys = [f"k{number}" for number in range(2_000)]
    await store.record_poll(state(one), poll(one), [entry(one, key) for key in keys])
    assert len(await store.known_entries(one.id, keys)) == 2_000
