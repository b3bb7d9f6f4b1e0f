"""What the polling bench measures, part by part; every part opens its own origin and contestants."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.bench.polling.contestants import Contestant, Name, contest, open_origin
from tests.bench.polling.rounds import Kind, Order, Round

ROUNDS: Final = 3
WORKERS_TRIED: Final = (1, 8)
SCALES: Final = (100, 1_000, 10_000)
HOSTS: Final = 1_000

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bout:
    """Us and the rival on the same kind of feed; medians of the rounds, which they polled in turn."""

    kind: Kind
    feeds: int
    ours: Round
    rival: Round
    rival_workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """From the moment a feed was due to the start of its poll."""

    what: str
    feeds: int
    p50_ms: float
    p99_ms: float
    most_ms: float
    per_second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a 304 costs us at so many feeds, and what memory; the rival's memory if it was asked too."""

    feeds: int
    ours: Round
    rival_bytes: int | None
    lateness: tuple[Lateness, ...]


BOUTS: Final[tuple[tuple[Kind, int], ...]] = (
    ("not_modified", 1_000),
    ("same", 150),
    ("small", 100),
    ("large", 40),
)
"""Each kind and how many of the origin's 1,000 feeds are polled in a round: the rival takes 50 ms and more to
read a document, changed or not, so that all of them would take half an hour."""


def bout(kind: Kind, feeds: int, port: int, say: Say) -> Bout:
    """Warm up both, find how many threads suit the rival best, then let them poll in turn."""
    with contest(kind, feeds=feeds, port=port, names=("ours", "rival")) as found:
        ours, rival = found["ours"], found["rival"]
        ours.poll(Order())
        rival.poll(Order(workers=4))
        tried = {workers: rival.poll(Order(workers=workers)) for workers in WORKERS_TRIED}
        best = max(tried, key=lambda workers: tried[workers].per_second)
        pairs = []
        for number in range(ROUNDS):
            pairs.append((ours.poll(Order()), rival.poll(Order(workers=best))))
            say(f"{kind}: round {number + 1} of {ROUNDS}")
    return Bout(
        kind=kind,
        feeds=feeds,
        ours=typical([pair[0] for pair in pairs]),
        rival=typical([pair[1] for pair in pairs]),
        rival_workers=best,
    )


def scale(feeds: int, say: Say, *, with_rival: bool, with_lateness: bool) -> Scale:
    """One 304 after another from so many feeds, and if asked for how late their polls start."""
    names: tuple[Name, ...] = ("ours", "rival") if with_rival else ("ours",)
    with (
        open_origin(feeds) as port,
        contest("not_modified", feeds=feeds, port=port, names=names) as found,
    ):
        ours = found["ours"]
        ours.poll(Order())
        say(f"{feeds} feeds are known")
        cost = typical([ours.poll(Order()) for _ in range(ROUNDS)])
        late = _lateness(ours, cost, say) if with_lateness else ()
        rival = found["rival"].poll(Order(workers=4)) if with_rival else None
    say(f"{feeds} feeds are done")
    return Scale(
        feeds=feeds, ours=cost, rival_bytes=None if rival is None else rival.main_bytes, lateness=late
    )


def _lateness(ours: Contestant, cost: Round, say: Say) -> tuple[Lateness, ...]:
    burst = ours.poll(Order(spread_seconds=0))
    say("all due at once")
    steady = ours.poll(Order(spread_seconds=2 * cost.seconds))
    say("due one after another")
    return (
        _late("all due in the same instant", burst),
        _late("due evenly, at half of what it can poll", steady),
    )


def typical(rounds: list[Round]) -> Round:
    """The medians of each figure."""
    polls = rounds[0].polls
    return Round(
        polls=polls,
        failed=0,
        seconds=median(each.seconds / each.polls for each in rounds) * polls,
        processor_seconds=median(each.processor_seconds / each.polls for each in rounds) * polls,
        main_bytes=round(median(each.main_bytes for each in rounds)),
        worker_bytes=round(median(each.worker_bytes for each in rounds)),
    )


def _late(what: str, found: Round) -> Lateness:
    late = found.lateness_ms
    return Lateness(
        what=what,
        feeds=found.polls,
        p50_ms=late[len(late) // 2],
        p99_ms=late[int(len(late) * 0.99)],
        most_ms=late[-1],
        per_second=found.per_second,
    )
