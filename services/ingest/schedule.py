"""When to poll a feed again: pure; a feed is asked less often while it fails, and never given up.

How often a healthy feed is asked follows from what its polls bring: half the interval when little of a
document was known already, so that nothing comes and goes between two polls; a quarter more when all was
known; back to the usual interval when something new came.
"""

from datetime import datetime, timedelta
from typing import Final

from services.ingest.judging.failures import GONE_FOR, SUCCESSES
from services.ingest.policy import IngestPolicy
from shared.model.feed import Feed, FeedState, PollOutcome
from shared.retry import Randomness

LITTLE_KNOWN: Final = 1 / 3
FASTER: Final = 0.5
SLOWER: Final = 1.25
GONE_PROBE: Final = timedelta(hours=22)
MOST: Final = timedelta(days=1)
"""However bad a feed is, it is asked once a day."""
OUTAGE_REST: Final = timedelta(seconds=30)


def interval_after(
    policy: IngestPolicy,
    current: timedelta | None,
    *,
    known_share: float | None,
    least: timedelta | None,
) -> timedelta:
    """The interval after a good poll. `known_share` says how much of the document was known already: 1 for
    an unchanged one, None if that says nothing; `least` is what the publisher asks for."""
    interval = current or policy.interval
    if known_share is not None:
        if known_share >= 1:
            interval *= SLOWER
        elif known_share < LITTLE_KNOWN:
            interval = min(interval, policy.interval) * FASTER
        else:
            interval = min(interval, policy.interval)
    if least is not None:
        interval = max(interval, least)
    return _within(policy, interval)


def next_poll_at(
    policy: IngestPolicy,
    feed: Feed,
    state: FeedState,
    *,
    gone: bool,
    retry_after: timedelta | None,
    now: datetime,
    random: Randomness,
) -> datetime:
    """The moment of the next poll, given the state after the last.

    Half a document is asked for again soon, because the rest may be there by then. Retry-After is the
    least, never the most.
    """
    delay = _delay(policy, feed, state, gone=gone) * (1 + policy.jitter * (2 * random() - 1))
    if retry_after is not None:
        delay = max(delay, min(retry_after, policy.longest_retry_after))
    return now + min(delay, MOST)


def rest_in_outage(policy: IngestPolicy, feed: Feed, state: FeedState, failed: int) -> timedelta:
    """How long to leave a feed alone while our own network is gone and `failed` hosts are out of reach: all
    of them together ask about once in two seconds, and none less often than usual."""
    return min(interval_of(policy, feed, state), max(OUTAGE_REST, failed * timedelta(seconds=2)))


def planned_at(state: FeedState, now: datetime) -> datetime:
    """When a feed that was polled before is due, for one who starts at `now`.

    A clock that was ahead when it was written would keep the feed silent: no plan reaches further than
    the plan was long.
    """
    ahead = MOST
    if state.last_poll_at is not None and state.last_poll_at > now:
        ahead = max(timedelta(), state.next_poll_at - state.last_poll_at)
    return min(state.next_poll_at, now + min(ahead, MOST))


def interval_of(policy: IngestPolicy, feed: Feed, state: FeedState) -> timedelta:
    """Between two polls of this feed while it is well; what the operator set for it wins."""
    return _within(policy, feed.interval or state.interval or policy.interval)


def _delay(policy: IngestPolicy, feed: Feed, state: FeedState, *, gone: bool) -> timedelta:
    interval = interval_of(policy, feed, state)
    outcome: PollOutcome | None = state.last_outcome
    if outcome is None or outcome in SUCCESSES:
        return interval
    if gone:
        return max(GONE_PROBE, interval)
    if outcome == "gone":  # until that is known for sure
        return max(GONE_FOR / 2, interval)
    step = policy.shortest if outcome == "partial" else interval
    most = policy.longest if outcome == "partial" else policy.longest_backoff
    # Compared before multiplying: a counter of any size must not overflow.
    return most if state.failures >= most / step else step * max(1, state.failures)


def _within(policy: IngestPolicy, interval: timedelta) -> timedelta:
    return min(max(interval, policy.shortest), policy.longest)
