"""When to poll a feed again: pure; a feed is asked less often while it fails, and never given up."""

from datetime import datetime, timedelta
from typing import Final

from services.ingest.policy import IngestPolicy
from shared.model.feed import Feed, PollOutcome
from shared.retry import Randomness

SUCCESSES: Final[frozenset[PollOutcome]] = frozenset(
    {"new_entries", "no_new_entries", "not_modified", "same_body"}
)
"""Every other outcome counts as a failure of the feed."""


def next_poll_at(
    policy: IngestPolicy,
    feed: Feed,
    outcome: PollOutcome,
    *,
    failures: int,
    retry_after: timedelta | None,
    now: datetime,
    random: Randomness,
) -> datetime:
    """The moment of the next poll, given how the last went; `failures` counts it if it failed.

    Half a document is asked for again soon, because the rest may be there by then. Retry-After is the
    least, never the most.
    """
    delay = _delay(policy, feed, outcome, failures) * (1 + policy.jitter * (2 * random() - 1))
    if retry_after is not None:
        delay = max(delay, min(retry_after, policy.longest_retry_after))
    return now + delay


def _delay(policy: IngestPolicy, feed: Feed, outcome: PollOutcome, failures: int) -> timedelta:
    interval = min(max(feed.interval or policy.interval, policy.shortest), policy.longest)
    if outcome in SUCCESSES:
        return interval
    step = policy.shortest if outcome == "partial" else interval
    most = policy.longest if outcome == "partial" else policy.longest_backoff
    # Compared before multiplying: a counter of any size must not overflow.
    return most if failures >= most / step else step * max(1, failures)
