"""Each attack on a feed reader, through the whole poller: how it ends, and what it may cost."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from shared.model.feed import PollOutcome
from tests.e2e.ingest.conftest import WORKER_MEMORY
from tests.e2e.ingest.play import Play
from tests.origin import attacks
from tests.origin.answers import Answer
from tests.origin.newsroom import Entry, Stubborn

MEGABYTE = 1024 * 1024
LONGEST_SECONDS = 45
"""The limits of the poll, 5 s for the answer and 20 s for parsing it, on a busy machine."""
MOST_HERE = 150 * MEGABYTE
"""What an attack may add to the memory of the process that polls."""

READ: frozenset[PollOutcome] = frozenset({"new_entries", "partial"})
GIVEN_UP: frozenset[PollOutcome] = frozenset({"parse_timeout", "not_a_feed"})


def only(*outcomes: PollOutcome) -> frozenset[PollOutcome]:
    return frozenset(outcomes)


CASES: list[tuple[Callable[[], Answer], frozenset[PollOutcome]]] = [
    (attacks.many_attributes, only("not_a_feed")),
    (attacks.deep_nesting, only("not_a_feed")),
    (attacks.entity_bomb, only("not_a_feed")),
    (attacks.external_entity, only("not_a_feed")),
    (attacks.path_as_body, only("not_a_feed")),
    (attacks.hundred_megabytes, only("too_large")),
    (attacks.long_promise, only("too_large", "unreachable")),
    (attacks.slow_drip, only("unreachable")),
    (attacks.never_answers, only("unreachable")),
    (attacks.redirect_to_itself, only("http_error")),
    (attacks.redirect_into_the_house, only("blocked")),
    (attacks.redirect_to_a_file, only("blocked")),
    (attacks.gzip_bomb, only("too_large")),
    (attacks.deflate_bomb, only("too_large")),
    (attacks.brotli_bomb, only("too_large")),
    (attacks.zstd_bomb, only("too_large")),
    (attacks.gzip_in_name_only, only("unreachable")),
    (attacks.wrong_length, only("partial", "unreachable")),
    (attacks.half_a_body, only("partial", "unreachable")),
    (attacks.broken_connection, only("partial", "unreachable")),
    (attacks.zero_bytes, only("not_a_feed")),
    (attacks.two_megabytes_of_opening_brackets, READ | GIVEN_UP),
    (attacks.a_megabyte_of_ampersands, READ | GIVEN_UP),
    (attacks.escaped_markup, READ | GIVEN_UP),
    (attacks.many_entries, only("new_entries", "parse_timeout")),
    (attacks.challenge, only("page_instead")),
    (attacks.empty, only("not_a_feed")),
    (attacks.long_header, only("unreachable")),
    (attacks.wild_retry_after, only("busy")),
]


@pytest.mark.parametrize(("attack", "outcomes"), CASES, ids=[case[0].__name__ for case in CASES])
async def test_an_attack_ends_in_its_outcome_within_its_bounds(
    play: Play, attack: Callable[[], Answer], outcomes: frozenset[PollOutcome]
) -> None:
    feed = await play.watch("hostile.example", Stubborn(always=attack()))
    before, began = _forgotten_peak(), time.monotonic()
    poll = await play.poll(feed)
    assert poll.outcome in outcomes, poll.error
    assert time.monotonic() - began < LONGEST_SECONDS
    assert _peak("self") - before < MOST_HERE
    for worker in psutil.Process().children():
        assert _peak(str(worker.pid)) <= WORKER_MEMORY
    await _health_is_told(play, feed.id)
    await _another_feed_is_read(play)


async def _health_is_told(play: Play, feed_id: str) -> None:
    (state,) = (await play.states.states([feed_id])).values()
    assert state.next_poll_at > play.now
    assert state.last_outcome in READ or state.last_error


async def _another_feed_is_read(play: Play) -> None:
    room, feed = await play.newsroom("good.example")
    room.publish(Entry(name="good", title="A report after the attack", guid="good"))
    await play.poll(feed)
    assert play.stories[-1].title == "A report after the attack"


def test_every_attack_has_its_case() -> None:
    assert {case[0] for case in CASES} == set(attacks.ATTACKS)


def _forgotten_peak() -> int:
    """Let the kernel count the peak of this process's memory anew; gives what it uses now, in bytes."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak("self")


def _peak(process: str) -> int:
    """The most memory that the process ever had in use, in bytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(kilobytes) * 1024
