"""What is known of entries, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.db import Database
from shared.store.entries import EntryStore
from tests.contract.store.feed_samples import NOW, OUTLET, entry, feed


@pytest.fixture
def store(database: Database) -> EntryStore:
    return EntryStore(database)


async def test_entries_are_known_by_key_or_link_in_every_feed_of_the_outlet(store: EntryStore) -> None:
    one, two = feed(1), feed(2)
    stranger = replace(feed(3), outlet="Other")
    rows = [
        entry(one, "a", link="https://x.example/a"),
        entry(two, "a", link="https://x.example/a"),
        entry(two, "b", link="https://x.example/b"),
        replace(entry(stranger, "a", link="https://x.example/a"), story_id="s-other"),
    ]
    await store.hold(rows)
    ours = sorted(rows[:2], key=lambda row: row.feed_id)
    assert list(await store.known(OUTLET, ["a"], [])) == ours
    assert list(await store.known(OUTLET, [], ["https://x.example/a"])) == ours
    assert list(await store.known(OUTLET, ["a"], ["https://x.example/a"])) == ours
    assert set(await store.known(OUTLET, ["a", "b", "c"], [])) == set(rows[:3])
    assert await store.known(OUTLET, [], []) == ()


async def test_a_story_is_known_by_all_its_names(store: EntryStore) -> None:
    one, two = feed(1), feed(2)
    renamed = replace(entry(two, "b", revision=3, link="https://x.example/moved"), story_id="s-a")
    await store.hold([entry(one, "a", link="https://x.example/a"), renamed])
    assert set(await store.known(OUTLET, ["a"], [])) == {
        entry(one, "a", link="https://x.example/a"),
        renamed,
    }


async def test_what_is_held_replaces_what_was_known(store: EntryStore) -> None:
    row = entry(feed(1), "a")
    await store.hold([row])
    later = replace(row, revision=2, content_hash="2" * 64, link_key="https://x.example/a", published_at=None)
    await store.hold([later])
    await store.hold([])
    assert await store.known(OUTLET, ["a"], []) == (later,)


async def test_thousands_of_entries_are_held_and_found_at_once(store: EntryStore) -> None:
    keys = [f"k{number}" for number in range(2_000)]
    await store.hold([entry(feed(1), key, link=f"https://x.example/{key}") for key in keys])
    assert len(await store.known(OUTLET, keys, [f"https://x.example/{key}" for key in keys])) == 2_000


async def test_entries_not_seen_for_long_are_forgotten_the_oldest_first(store: EntryStore) -> None:
    seen = [replace(entry(feed(1), str(n)), last_seen_at=NOW + timedelta(days=n)) for n in range(5)]
    await store.hold(seen)
    assert await store.forget(NOW + timedelta(days=3), limit=2) == 2
    assert {row.entry_key for row in await store.known(OUTLET, list("01234"), [])} == {"2", "3", "4"}
    assert await store.forget(NOW + timedelta(days=3), limit=2) == 1
    assert await store.forget(NOW + timedelta(days=3), limit=2) == 0


async def test_no_row_of_a_story_is_forgotten_while_a_feed_shows_it(store: EntryStore) -> None:
    dropped = entry(feed(1), "a", revision=4)
    await store.hold([dropped, replace(entry(feed(2), "a"), last_seen_at=NOW + timedelta(days=9))])
    assert await store.forget(NOW + timedelta(days=3), limit=9) == 0
    assert dropped in await store.known(OUTLET, ["a"], [])
