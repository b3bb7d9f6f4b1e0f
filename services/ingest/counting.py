"""What polls and pushes add to the metrics and the log."""

from collections.abc import Callable, Mapping

import structlog

from shared.metrics import Metrics
from shared.model.feed import EntryState, Feed, Poll

log = structlog.get_logger()


def count_poll(metrics: Metrics, feed: Feed, poll: Poll, seconds: float) -> None:
    """A poll ended that took so long altogether."""
    metrics.feed_polls.labels(poll.outcome).inc()
    metrics.feed_poll_seconds.observe(seconds)
    count_entries(metrics, poll.entries)
    told: Callable[..., object] = log.debug
    if poll.error is not None or "published" in poll.entries or "revised" in poll.entries:
        told = log.info
    told(
        "feed_polled",
        feed=feed.url,
        outcome=poll.outcome,
        status=poll.status,
        error=poll.error,
        **poll.entries,
    )


def count_entries(metrics: Metrics, counts: Mapping[EntryState, int]) -> None:
    """So many entries ended in each state."""
    for state, count in counts.items():
        metrics.entries.labels(state).inc(count)
