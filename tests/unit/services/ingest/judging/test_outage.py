"""Telling our own network's outage from the troubles of others."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from services.ingest.judging.outage import Attempt, OutageWatch
from shared.model.feed import Outage

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)


def ask(
    watch: OutageWatch, hosts: Iterable[int], *, reached: bool, at: float = 0, well: bool = True
) -> list[Outage]:
    """One attempt at each host, a second apart, from so many minutes on; what changed."""
    began = NOW + timedelta(minutes=at)
    attempts = (
        Attempt(host=f"{host}.example", at=began + timedelta(seconds=n), reached=reached, well=well)
        for n, host in enumerate(hosts)
    )
    return [change for attempt in attempts if (change := watch.told(attempt)) is not None]


def test_more_than_a_third_of_the_hosts_that_were_well_failing_at_once_is_our_outage() -> None:
    watch = OutageWatch()
    assert ask(watch, range(20), reached=True) == []
    assert ask(watch, range(6), reached=False, at=1) == []
    (outage,) = ask(watch, [6], reached=False, at=2)
    assert outage.reason == "our own network: 7 of 20 hosts failed since 12:01 UTC"
    assert watch.current == outage


def test_fewer_than_five_hosts_prove_nothing() -> None:
    watch = OutageWatch()
    assert ask(watch, range(4), reached=False) == []
    assert ask(watch, [4], reached=False) != []


def test_failures_minutes_apart_are_not_an_outage() -> None:
    watch = OutageWatch()
    for minute in range(60):
        assert ask(watch, range(100, 107), reached=True, at=minute) == []
        if minute % 2 == 0:
            assert ask(watch, [minute], reached=False, at=minute + 0.5) == []


def test_a_third_of_all_feeds_failing_for_long_is_no_outage() -> None:
    """Each fails for itself: none of them was well before."""
    watch = OutageWatch()
    for minute in range(0, 600, 3):
        assert ask(watch, range(20), reached=True, at=minute) == []
        assert ask(watch, range(100, 120), reached=False, at=minute + 1, well=False) == []


def test_hosts_that_come_and_go_each_for_itself_are_no_outage() -> None:
    random, watch, well = Random(1), OutageWatch(), dict.fromkeys(range(200), True)
    for second in range(0, 24 * 3600, 20):
        host = random.randrange(200)
        reached = random.random() < 0.93
        assert ask(watch, [host], reached=reached, at=second / 60, well=well[host]) == []
        well[host] = reached


def test_it_is_over_when_most_hosts_answer_again() -> None:
    watch = OutageWatch()
    ask(watch, range(20), reached=True)
    ask(watch, range(20), reached=False, at=1)
    assert ask(watch, range(2), reached=False, at=30, well=False) == []
    (over,) = ask(watch, range(2, 9), reached=True, at=31.5, well=False)
    assert over.ended_at is not None
    assert over.began_at < over.ended_at
    assert watch.current is None


def test_after_it_those_that_still_fail_do_not_begin_it_again() -> None:
    watch = OutageWatch()
    ask(watch, range(20), reached=True)
    ask(watch, range(20), reached=False, at=1)
    ask(watch, range(20), reached=True, at=10, well=False)
    assert watch.current is None
    assert ask(watch, range(100, 130), reached=False, at=11, well=False) == []


def test_if_some_answer_all_the_time_it_ends_after_half_an_hour() -> None:
    watch = OutageWatch()
    ask(watch, range(10), reached=True)
    ask(watch, range(5), reached=False, at=1)
    changes = []
    for minute in range(2, 60):
        changes += ask(watch, range(5), reached=False, at=minute, well=False)
        changes += ask(watch, range(5, 10), reached=True, at=minute + 0.2)
    (over,) = changes
    assert over.ended_at is not None
    assert timedelta(minutes=29) < over.ended_at - over.began_at < timedelta(minutes=33)


def test_an_outage_under_way_is_gone_on_with_after_a_restart() -> None:
    begun = Outage(began_at=NOW - timedelta(hours=1), ended_at=None, reason="our own network")
    watch = OutageWatch(begun)
    assert ask(watch, range(3), reached=False, well=False) == []
    (over,) = ask(watch, range(3, 12), reached=True, at=2, well=False)
    assert over.began_at == begun.began_at


def test_an_outage_ends_though_few_hosts_are_left_to_prove_it() -> None:
    begun = Outage(began_at=NOW - timedelta(hours=1), ended_at=None, reason="our own network")
    watch = OutageWatch(begun)
    for minute in range(30):
        assert ask(watch, range(1), reached=True, well=False, at=minute) == []
        assert ask(watch, range(1, 2), reached=False, well=False, at=minute + 0.5) == []
    assert ask(watch, range(1), reached=True, well=False, at=30) != []
    assert watch.current is None
