"""Turns at domains, on both databases."""

import asyncio
from datetime import datetime, timedelta

import sqlalchemy as sa

from shared.db import Database
from shared.model.feed import DomainHold
from shared.store.domains import DomainStore
from shared.store.pacing import FORGOTTEN, LONGEST_HOLD, PacingStore
from shared.tables import domain_starts
from tests.contract.store.feed_samples import NOW

PAUSE = timedelta(seconds=5)
LATEST = NOW + timedelta(seconds=12)


async def _reserved(store: PacingStore, domain: str = "a.example", **changes: datetime) -> datetime | str:
    times = {"now": NOW, "latest": LATEST} | changes
    return await store.reserve(domain, pause=PAUSE, **times)


async def test_turns_of_a_domain_are_a_pause_apart_and_none_is_given_that_comes_too_late(
    database: Database,
) -> None:
    store = PacingStore(database)
    given = [await _reserved(store) for _ in range(4)]
    assert given == [NOW, NOW + PAUSE, NOW + 2 * PAUSE, "late"]
    assert await _reserved(store, "b.example") == NOW
    later = NOW + timedelta(seconds=11)
    assert await _reserved(store, now=later, latest=later + PAUSE) == NOW + 3 * PAUSE


async def test_processes_that_ask_at_once_are_given_different_turns(database: Database) -> None:
    stores = [PacingStore(database) for _ in range(8)]
    far = NOW + timedelta(minutes=5)
    given = await asyncio.gather(*(_reserved(store, latest=far) for store in stores))
    assert sorted(str(turn) for turn in given) == [str(NOW + number * PAUSE) for number in range(8)]


async def test_a_turn_comes_not_before_the_moment_asked_for(database: Database) -> None:
    store = PacingStore(database)
    soon = NOW + timedelta(seconds=3)
    assert await _reserved(store, not_before=soon) == soon
    assert await _reserved(store) == soon + PAUSE


async def test_a_domain_on_hold_has_no_turns_until_it_is_over(database: Database) -> None:
    store, until = PacingStore(database), NOW + timedelta(minutes=1)
    await DomainStore(database).hold(DomainHold(domain="a.example", until=until, reason="429"))
    assert await _reserved(store) == "held"
    assert await store.held("a.example", NOW)
    assert not await store.held("b.example", NOW)
    assert not await store.held("a.example", until)
    assert await _reserved(store, now=until, latest=until + PAUSE) == until


async def test_a_shorter_hold_does_not_end_a_longer_one(database: Database) -> None:
    store = PacingStore(database)
    long = DomainHold(domain="a.example", until=NOW + timedelta(hours=2), reason="503")
    await store.hold(long)
    await store.hold(DomainHold(domain="a.example", until=NOW + timedelta(hours=1), reason="429 a\0b"))
    assert await DomainStore(database).holds(NOW) == (long,)
    longer = DomainHold(domain="a.example", until=NOW + timedelta(hours=3), reason="429")
    await store.hold(longer)
    assert await DomainStore(database).holds(NOW) == (longer,)


async def test_a_clock_that_was_wrong_for_a_while_does_not_close_a_domain(database: Database) -> None:
    store, wrong = PacingStore(database), NOW + timedelta(days=300)
    await _reserved(store, now=wrong, latest=wrong + PAUSE)
    assert await _reserved(store) == NOW


async def test_domains_that_were_asked_long_ago_are_forgotten(database: Database) -> None:
    store = PacingStore(database)
    for number in range(5):
        await _reserved(store, f"site{number}.example")
    much_later = NOW + FORGOTTEN + timedelta(hours=1)
    await _reserved(store, "new.example", now=much_later, latest=much_later)
    async with database.read() as connection:
        kept = (await connection.execute(sa.select(domain_starts.c.domain))).scalars().all()
    assert kept == ["new.example"]


async def test_who_waits_for_no_turn_is_not_given_one_that_others_have_reserved(database: Database) -> None:
    store = PacingStore(database)
    given = [await _reserved(store) for _ in range(3)]
    assert await _reserved(store, latest=NOW) == "late"
    given.append(await _reserved(store, latest=NOW + timedelta(minutes=1)))
    assert given == [NOW + number * PAUSE for number in range(4)]


async def test_a_hold_of_a_clock_that_was_wrong_closes_no_domain_and_hides_no_true_one(
    database: Database,
) -> None:
    store = PacingStore(database)
    wrong = NOW + timedelta(days=300)
    await DomainStore(database).hold(DomainHold(domain="a.example", until=wrong, reason="429"))
    assert not await store.held("a.example", NOW)
    assert await _reserved(store) == NOW
    true = DomainHold(domain="a.example", until=NOW + timedelta(hours=1), reason="429")
    await store.hold(true)
    assert await _reserved(store) == "held"
    assert await DomainStore(database).holds(NOW) == (true,)


async def test_the_longest_patience_that_is_promised_is_kept(database: Database) -> None:
    store = PacingStore(database)
    await store.hold(DomainHold(domain="a.example", until=NOW + LONGEST_HOLD, reason="429"))
    assert await store.held("a.example", NOW - timedelta(seconds=5))
