"""How well the feeds are being read: every feed counts once."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.api.coverage import CoverageReader, coverage_statement
from shared.model.feed import Feed, FeedState, Validators
from tests.unit.services.api.samples import NOW

HOUR = timedelta(hours=1)


def feed(name: str, interval: timedelta | None = None) -> Feed:
    return Feed(
        id=name, url=f"https://{name}.example/", name=name, outlet=name, language=None, interval=interval
    )


def state(name: str, age: timedelta | None, failures: int = 0) -> FeedState:
    return FeedState(
        feed_id=name,
        validators=Validators(),
        next_poll_at=NOW,
        last_success_at=None if age is None else NOW - age,
        failures=failures,
    )


def test_each_feed_is_fresh_stale_failing_or_waiting() -> None:
    feeds = [feed(name) for name in ("fresh", "stale", "failing", "waiting", "never")]
    feeds.append(feed("slow", interval=HOUR))
    states = {
        "fresh": state("fresh", timedelta(minutes=5)),
        "stale": state("stale", 3 * HOUR),
        "failing": state("failing", timedelta(minutes=1), failures=1),
        "never": state("never", None),
        "slow": state("slow", 2 * HOUR),
    }
    found = coverage_statement(feeds, states, NOW)
    assert (found.expected, found.fresh, found.stale, found.failing, found.waiting) == (6, 2, 1, 1, 2)
    assert found.oldest_gap_seconds == 3 * 3600


def test_without_any_feed_there_is_no_gap_to_tell() -> None:
    assert coverage_statement([], {}, NOW).oldest_gap_seconds is None


@given(st.lists(st.tuples(st.none() | st.integers(0, 10**6), st.integers(0, 3)), max_size=20))
def test_every_feed_counts_exactly_once(known: list[tuple[int | None, int]]) -> None:
    names = [f"feed-{number}" for number in range(len(known))]
    states = {
        name: state(name, None if age is None else timedelta(seconds=age), failures)
        for name, (age, failures) in zip(names, known, strict=True)
    }
    found = coverage_statement([feed(name) for name in names], states, NOW)
    assert found.fresh + found.stale + found.failing + found.waiting == found.expected == len(known)


class OneFeed:
    """One feed, read a moment ago, and how often anybody asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def enabled(self) -> Sequence[Feed]:
        self.asked += 1
        return (feed("one"),)

    async def states(self, ids: Sequence[str], /) -> Mapping[str, FeedState]:
        return {name: state(name, timedelta()) for name in ids}


async def test_the_statement_is_read_anew_after_a_few_seconds_only() -> None:
    feeds, now = OneFeed(), [NOW]
    reader = CoverageReader(feeds, lambda: now[0])
    for seconds in (0, 1, 4, 6, 7):
        now[0] = NOW + timedelta(seconds=seconds)
        assert (await reader.read()).fresh == 1
    assert feeds.asked == 2
