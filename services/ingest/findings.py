"""What a poll found, and what it changes in what we know of the feed. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.ingest.decider import Decision
from services.ingest.schedule import SUCCESSES
from shared.model.feed import Feed, FeedState, Poll, PollOutcome, Validators

NOTHING = Decision(stories=(), entries=(), counts={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The outcome of one poll. `validators` are None unless the answer was whole: half a document, or none,
    must not end in "not modified" next time."""

    outcome: PollOutcome
    status: int | None
    elapsed: timedelta
    error: str | None = None
    validators: Validators | None = None
    decision: Decision = NOTHING
    retry_after: timedelta | None = None


def new_state(feed: Feed, now: datetime) -> FeedState:
    """What we know of a feed never polled."""
    return FeedState(feed_id=feed.id, validators=Validators(), next_poll_at=now)


def failures_after(state: FeedState, outcome: PollOutcome) -> int:
    """How many polls in a row have failed now."""
    return 0 if outcome in SUCCESSES else state.failures + 1


def settled(state: FeedState, findings: Findings, *, now: datetime, next_poll_at: datetime) -> FeedState:
    """What we know of the feed after this poll; to be stored once its stories are acknowledged."""
    good = findings.outcome in SUCCESSES
    return replace(
        state,
        validators=findings.validators or state.validators,
        next_poll_at=next_poll_at,
        last_poll_at=now,
        last_success_at=now if good else state.last_success_at,
        last_new_at=now if findings.decision.stories else state.last_new_at,
        last_outcome=findings.outcome,
        last_error=findings.error,
        failures=failures_after(state, findings.outcome),
    )


def poll_of(feed: Feed, findings: Findings, now: datetime) -> Poll:
    """The line in the feed's history."""
    return Poll(
        feed_id=feed.id,
        at=now,
        outcome=findings.outcome,
        status=findings.status,
        elapsed=findings.elapsed,
        entries=findings.decision.counts,
        error=findings.error,
    )
