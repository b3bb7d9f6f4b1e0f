"""What is kept of feeds between polls, and of the polls, on both databases."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any, Final, cast

import pytest

from shared.db import Database
from shared.model.feed import Feed, FeedState, KnownEntry, Outage, Validators
from shared.model.health import FeedHealth, Rhythm
from shared.store.entries import EntryStore
from shared.store.feed_states import FeedStateStore, Recording
from tests.contract.store.feed_samples import NOW, OUTLET, entry, feed, poll, state


@pytest.fixture
def store(database: Database) -> FeedStateStore:
    return FeedStateStore(database)


def recording(feed: Feed, *entries: KnownEntry, number: int = 1) -> Recording:
    at = NOW + timedelta(minutes=number)
    return Recording(state=state(feed, polls=number), poll=poll(feed, at), entries=entries)


async def test_polls_of_many_feeds_are_recorded_whole(store: FeedStateStore, database: Database) -> None:
    one, two, other = feed(1), feed(2), feed(3)
    await store.record([recording(one, entry(one, "a"), entry(one, "b")), recording(two)])
    assert await store.states([one.id, two.id, other.id]) == {one.id: state(one), two.id: state(two)}
    assert await EntryStore(database).known(OUTLET, ["a", "b", "c"], []) == (entry(one, "a"), entry(one, "b"))
    assert await store.polls(one.id, 10) == (recording(one).poll,)
    assert await store.polls(other.id, 10) == ()


async def test_a_state_with_nothing_in_it_comes_back_so(store: FeedStateStore) -> None:
    bare = FeedState(feed_id=feed(1).id, validators=Validators(), next_poll_at=NOW)
    await store.record([Recording(state=bare, poll=replace(poll(feed(1)), size=None, gap_suspected=False))])
    assert await store.states([bare.feed_id]) == {bare.feed_id: bare}


async def test_a_later_poll_replaces_the_state_and_the_revisions(
    store: FeedStateStore, database: Database
) -> None:
    one = feed(1)
    await store.record([recording(one, entry(one, "a"), entry(one, "b"))])
    later = FeedState(feed_id=one.id, validators=Validators(), next_poll_at=NOW, last_error="down")
    await store.record([Recording(state=later, poll=poll(one), entries=[entry(one, "a", revision=2)])])
    assert await store.states([one.id]) == {one.id: later}
    assert await EntryStore(database).known(OUTLET, ["a", "b"], []) == (
        entry(one, "a", revision=2),
        entry(one, "b"),
    )


async def test_what_another_row_replaces_is_dropped_in_the_same_step(
    store: FeedStateStore, database: Database
) -> None:
    one, two = feed(1), feed(2)
    await store.record([recording(one, entry(one, "a"), entry(one, "b")), recording(two, entry(two, "a"))])
    await store.record([replace(recording(one, entry(one, "c")), dropped=["a"])])
    known = EntryStore(database)
    assert set(await known.known(OUTLET, list("abc"), [])) == {
        *(entry(two, "a"), entry(one, "b"), entry(one, "c"))
    }
    again = [replace(recording(one), dropped=["b"]), recording(one, entry(one, "b", revision=2))]
    await store.record([*again, replace(recording(one), dropped=["c"])])
    assert set(await known.known(OUTLET, list("abc"), [])) == {entry(two, "a"), entry(one, "b", revision=2)}


async def test_what_is_known_may_change_without_a_poll(store: FeedStateStore) -> None:
    await store.record([Recording(state=state(feed(1)), poll=None)])
    assert await store.states([feed(1).id]) == {feed(1).id: state(feed(1))}
    assert await store.polls(feed(1).id, 10) == ()


async def test_of_two_polls_of_one_feed_recorded_together_the_last_state_stays(store: FeedStateStore) -> None:
    one = feed(1)
    await store.record([recording(one, number=1), recording(one, number=2)])
    assert await store.states([one.id]) == {one.id: state(one, polls=2)}
    assert [each.at for each in await store.polls(one.id, 10)] == [
        NOW + timedelta(minutes=number) for number in (2, 1)
    ]


CHANGED: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("next_poll_at", "last_poll_at", "last_success_at"), NOW + timedelta(days=1)),
    **dict.fromkeys(("last_new_at", "failing_since", "gap_suspected_at"), NOW + timedelta(days=1)),
    **dict.fromkeys(("failures", "streak", "polls", "distrusted_until"), 77),
    **dict.fromkeys(("interval", "pace"), timedelta(seconds=7.5)),
    "streak_since": NOW + timedelta(days=1),
    "validators": Validators(etag='"b"'),
    "last_outcome": "gone",
    "last_error": "another",
    "last_cause": "not_found",
    "address": None,
    "move": None,
    "document": None,
    "rhythm": Rhythm(since=NOW, until=NOW, hours=(0.25,) * 168, longest=2),
    "health": FeedHealth(state="gone", since=NOW, reason="it is no more", changes=4),
    "totals": {"published": 3},
}


@pytest.mark.parametrize("name", [each.name for each in fields(FeedState) if each.name != "feed_id"])
async def test_whatever_a_poll_changes_is_stored_when_only_that_is_written(
    store: FeedStateStore, name: str
) -> None:
    before, other = state(feed(1)), state(feed(2))
    await store.record([Recording(state=each, poll=None) for each in (before, other)])
    after = replace(before, **{name: CHANGED[name]})
    assert after != before
    await store.record([Recording(state=after, poll=None, stored=before)])
    assert await store.states([feed(1).id, feed(2).id]) == {feed(1).id: after, feed(2).id: other}


async def test_of_two_polls_recorded_together_what_the_first_changed_is_not_lost(
    store: FeedStateStore,
) -> None:
    before = state(feed(1))
    await store.record([Recording(state=before, poll=None)])
    first = replace(before, totals={"published": 9})
    second = replace(first, polls=3)
    recordings = ((first, before), (second, first))
    await store.record([Recording(state=each, poll=None, stored=stored) for each, stored in recordings])
    assert await store.states([feed(1).id]) == {feed(1).id: second}


async def test_polls_that_cannot_be_recorded_whole_are_not_recorded_at_all(store: FeedStateStore) -> None:
    one, two = feed(1), feed(2)
    broken = replace(entry(two, "a"), story_id=cast("str", None))  # which the database refuses
    with pytest.raises(Exception, match=r"(?i)null"):
        await store.record([recording(one), recording(two, broken)])
    assert await store.states([one.id, two.id]) == {}
    assert await store.polls(one.id, 10) == ()


async def test_text_of_a_server_with_characters_a_database_cannot_hold_is_recorded(
    store: FeedStateStore,
) -> None:
    one = state(feed(1))
    assert one.document
    document = replace(one.document, newest_title="a\0b")
    hostile = replace(one, last_error="a\0b", validators=Validators(etag="a\0b"), document=document)
    await store.record([Recording(state=hostile, poll=replace(poll(feed(1)), error="a\0b"))])
    found = (await store.states([hostile.feed_id]))[hostile.feed_id]
    assert found.document
    assert found.last_error == found.validators.etag == found.document.newest_title == "a\ufffdb"


async def test_the_last_hundred_polls_of_each_feed_are_shown_the_newest_first(store: FeedStateStore) -> None:
    one, other = feed(1), feed(2)
    await store.record([recording(other)])
    for number in range(1, 124):
        await store.record([recording(one, number=number)])
    shown = await store.polls(one.id, 1000)
    assert [each.at for each in shown] == [NOW + timedelta(minutes=n) for n in range(123, 23, -1)]
    assert len(await store.polls(one.id, 5)) == 5
    assert len(await store.polls(other.id, 10)) == 1


async def test_polls_long_past_are_deleted(store: FeedStateStore, database: Database) -> None:
    one = feed(1)
    await store.record([recording(one, number=number) for number in range(1, 200)])
    await store.record([recording(one, number=200)])
    async with database.read() as connection:
        rows = await connection.exec_driver_sql("SELECT count(*) FROM polls")
        assert rows.scalar_one() == 100


async def test_nothing_to_record_is_no_fault(store: FeedStateStore) -> None:
    await store.record([])
    assert await store.states([]) == {}


async def test_an_outage_is_open_until_it_is_ended(store: FeedStateStore) -> None:
    assert await store.outage() is None
    begun = Outage(began_at=NOW, ended_at=None, reason="12 of 30 hosts failed within 5 minutes")
    await store.save_outage(begun)
    assert await store.outage() == begun
    await store.save_outage(replace(begun, ended_at=NOW + timedelta(minutes=7)))
    assert await store.outage() is None
