"""Patience asked for by servers, on both databases."""

from datetime import timedelta

from shared.db import Database
from shared.model.feed import DomainHold
from shared.store.domains import DomainStore
from shared.store.pacing import PacingStore
from tests.contract.store.feed_samples import NOW


async def test_holds_are_kept_until_they_are_over(database: Database) -> None:
    store = DomainStore(database)
    short = DomainHold(domain="a.example", until=NOW + timedelta(minutes=1), reason="429")
    long = DomainHold(domain="b.example", until=NOW + timedelta(hours=1), reason="503, Retry-After")
    await store.hold(long)
    await store.hold(short)
    assert await store.holds(NOW) == (short, long)
    assert await store.holds(NOW + timedelta(minutes=1)) == (long,)


async def test_a_later_hold_of_a_domain_replaces_the_earlier(database: Database) -> None:
    store = DomainStore(database)
    await store.hold(DomainHold(domain="a.example", until=NOW + timedelta(hours=1), reason="429"))
    later = DomainHold(domain="a.example", until=NOW + timedelta(hours=2), reason="503 a\0b")
    await store.hold(later)
    (found,) = await store.holds(NOW)
    assert (found.until, found.reason) == (later.until, "503 a\ufffdb")


async def test_a_shorter_hold_does_not_end_a_longer_one(database: Database) -> None:
    store = DomainStore(database)
    long = DomainHold(domain="a.example", until=NOW + timedelta(hours=2), reason="503")
    await store.hold(long)
    await store.hold(DomainHold(domain="a.example", until=NOW + timedelta(hours=1), reason="429"))
    assert await store.holds(NOW) == (long,)


async def test_domains_are_spared_while_held_and_for_the_pause_after_a_page(database: Database) -> None:
    store, pages = DomainStore(database), PacingStore(database)
    minute = timedelta(minutes=1)
    await store.hold(DomainHold(domain="held.example", until=NOW + 2 * minute, reason="429"))
    await store.hold(DomainHold(domain="over.example", until=NOW, reason="429"))
    await pages.reserve("asked.example", pause=minute, now=NOW - minute / 2, latest=NOW)
    await pages.reserve("long-ago.example", pause=minute, now=NOW - minute, latest=NOW)
    assert await store.spared(NOW, minute) == {
        "held.example": NOW + 2 * minute,
        "asked.example": NOW + minute / 2,
    }
