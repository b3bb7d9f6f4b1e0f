"""The soak's verdict finds each fault, and none where all is well."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.bench.soak.verdict import Limits, Sample, Tally, growth, judge

LIMITS = Limits(overdue_seconds=60, gap_seconds=192)
MEGABYTE = 1_000_000


def samples(*, rising_by: int = 0) -> list[Sample]:
    """Forty samples of 300 MB, by default with a regular swing and no trend."""
    return [
        Sample(
            at_seconds=5.0 * number,
            main_bytes=100 * MEGABYTE + number % 2 * MEGABYTE + number * rising_by,
            worker_bytes=200 * MEGABYTE,
            overdue_seconds=3.0,
            unpolled=0,
            served=40,
            published=40,
            polls=100 + number,
        )
        for number in range(40)
    ]


FAILING: Tally = {"healthy": {"new_entries": 40}, "broken": {"http_error": 9, "new_entries": 1}}


def faults(found: Sequence[Sample], longest_gap: float = 120, tally: Tally = FAILING) -> tuple[str, ...]:
    return judge(found, tally, longest_gap, LIMITS).faults


def test_flat_memory_and_timely_polls_are_no_fault() -> None:
    assert faults(samples()) == ()


def test_memory_that_rises_in_the_second_half_is_a_fault() -> None:
    whole, main = faults(samples(rising_by=MEGABYTE))
    assert whole.startswith("memory grew by")
    assert main.startswith("memory of the main process grew by")


def test_a_leak_of_the_main_process_does_not_hide_in_its_workers() -> None:
    found = [
        replace(each, worker_bytes=each.worker_bytes - 800_000 * number)
        for number, each in enumerate(samples(rising_by=500_000))
    ]
    (words,) = faults(found)
    assert words.startswith("memory of the main process grew by")


def test_memory_that_rose_in_the_first_half_only_is_no_fault() -> None:
    found = samples()
    found[:20] = [replace(each, main_bytes=each.main_bytes // 2) for each in found[:20]]
    assert faults(found) == ()


def test_growth_is_the_rise_of_the_line_by_the_mean() -> None:
    first = samples()[0]
    line = [
        replace(first, at_seconds=float(at), main_bytes=size, worker_bytes=0)
        for at, size in ((0, 90), (10, 100), (20, 110))
    ]
    assert growth(line) == pytest.approx(0.2)


def test_a_healthy_feed_long_overdue_is_a_fault_even_if_only_once() -> None:
    found = samples()
    found[7] = replace(found[7], overdue_seconds=61.0)
    assert faults(found) == ("a healthy feed was 61 s overdue",)


def test_a_feed_whose_server_was_not_asked_for_long_is_a_fault() -> None:
    assert faults(samples(), longest_gap=200) == ("a healthy feed was left alone for 200 s",)


def test_a_story_that_was_served_and_not_published_is_a_fault() -> None:
    found = samples()
    found[-1] = replace(found[-1], published=39)
    assert faults(found) == ("40 items were served, 39 published",)


def test_feeds_never_polled_are_a_fault() -> None:
    found = [replace(each, unpolled=2) for each in samples()]
    assert "2 healthy feeds were never polled" in faults(found)


def test_a_kind_of_feed_that_was_to_fail_and_never_did_is_a_fault() -> None:
    tally: Tally = {**FAILING, "reset": {"same_body": 3, "not_modified": 1}, "silent": {}}
    assert faults(samples(), tally=tally) == ("no poll failed by: reset, silent",)


def test_a_feed_overdue_while_others_were_never_polled_is_late_too() -> None:
    found = samples()
    found[0] = replace(found[0], overdue_seconds=61.0, unpolled=7)
    assert faults(found) == ("a healthy feed was 61 s overdue",)
