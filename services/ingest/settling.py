"""What a poll changes in what we know of a feed: pure.

counted (or frozen, when the fault is ours) ▸ moved or fallen back ▸ planned ▸ judged
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.findings import Findings, gap_suspected
from services.ingest.judging.failures import SUCCESSES, alike, cause_of, is_gone, points_after
from services.ingest.judging.health import Sight, assess, is_stale
from services.ingest.judging.moves import fallen_back, whereabouts
from services.ingest.judging.rhythm import begun, counted
from services.ingest.judging.validators import DISTRUSTED_FOR
from services.ingest.policy import IngestPolicy
from services.ingest.schedule import interval_after, interval_of, next_poll_at, rest_in_outage
from shared.model.feed import EntryState, Feed, FeedState, Validators
from shared.model.health import Rhythm
from shared.retry import Randomness

PACE_SHARE: Final = 0.3
"""How much the last answer weighs in the pace of late."""
WATCHED_INTERVALS: Final = 2
"""A feed is watched for so many of its intervals after a good poll, in which the next was to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What else matters when a poll is settled. `out_of_reach` is how many hosts are, while our own network
    is gone; `seeing_since` since when we could read at all."""

    policy: IngestPolicy
    random: Randomness
    now: datetime
    seeing_since: datetime
    out_of_reach: int | None = None


def settled(feed: Feed, state: FeedState, findings: Findings, given: Circumstances) -> FeedState:
    """What we know of the feed after this poll; to be stored once its stories are acknowledged."""
    now, policy = given.now, given.policy
    if given.out_of_reach is not None and findings.outcome == "unreachable":
        rest = rest_in_outage(policy, feed, state, given.out_of_reach)
        return replace(_frozen(state, findings, now), next_poll_at=now + rest)
    after = _counted(feed, state, findings, given)
    gone = is_gone(after, findings.status, now)
    due = next_poll_at(
        policy,
        feed,
        after,
        gone=gone,
        retry_after=findings.retry_after,
        now=now,
        random=given.random,
    )
    return replace(after, next_poll_at=due, health=assess(feed, after, _sight(feed, after, given, gone=gone)))


def settled_push(feed: Feed, state: FeedState, findings: Findings, given: Circumstances) -> FeedState:
    """What we know of the feed after a document that its hub pushed: neither schedule nor validators."""
    now = given.now
    return replace(
        state,
        totals=_totals(state, findings),
        rhythm=_rhythm(feed, state, findings, given),
        last_new_at=now if findings.decision.counts.get("published") else state.last_new_at,
    )


def overdue(feed: Feed, state: FeedState, given: Circumstances) -> FeedState:
    """What we know of a feed that should have been read long ago, or that asked for patience."""
    waits = given.now > state.next_poll_at or state.last_outcome == "busy"
    told = state.health is not None and state.health.state not in ("healthy", "slow", "moved", "silent")
    sight = _sight(feed, state, given)
    if not waits or told or not is_stale(state, sight):
        return state
    return replace(state, health=assess(feed, state, sight))


def taken_back(state: FeedState) -> FeedState:
    """The state without the failures that were our own network's. The feed was well before them."""
    return replace(state, failures=0, failing_since=None, streak=0, streak_since=None)


def _sight(feed: Feed, state: FeedState, given: Circumstances, *, gone: bool = False) -> Sight:
    interval = interval_of(given.policy, feed, state)
    return Sight(now=given.now, interval=interval, seeing_since=given.seeing_since, gone=gone)


def _frozen(state: FeedState, findings: Findings, now: datetime) -> FeedState:
    return replace(
        state,
        last_poll_at=now,
        last_outcome=findings.outcome,
        last_error=findings.error,
        last_cause=cause_of(findings.outcome, findings.page),
        polls=state.polls + 1,
    )


def _counted(feed: Feed, state: FeedState, findings: Findings, given: Circumstances) -> FeedState:
    now, outcome = given.now, findings.outcome
    good = outcome in SUCCESSES
    failures = points_after(state.failures, outcome)
    again = alike(state.last_outcome, outcome)
    after = replace(
        state,
        validators=findings.validators or state.validators,
        last_poll_at=now,
        last_success_at=now if good else state.last_success_at,
        last_new_at=now if findings.decision.counts.get("published") else state.last_new_at,
        last_outcome=outcome,
        last_error=findings.error,
        last_cause=cause_of(outcome, findings.page),
        failures=failures,
        failing_since=None if good else state.failing_since or now,
        gap_suspected_at=now if gap_suspected(state, findings) else state.gap_suspected_at,
        streak=state.streak + 1 if again else 1,
        streak_since=state.streak_since if again else now,
        pace=_pace(state, findings),
        polls=state.polls + 1,
        distrusted_until=state.polls + 1 + DISTRUSTED_FOR if findings.lied else state.distrusted_until,
        totals=_totals(state, findings),
        **(_read(feed, state, findings, given) if good else {}),
    )
    return after if good else _fallen_back(after)


def _read(feed: Feed, state: FeedState, findings: Findings, given: Circumstances) -> dict[str, Any]:
    """What a good poll changes besides: the interval, the address, the document and the rhythm."""
    known = 1.0 if findings.reading is None else findings.decision.known_share
    first = state.document is None
    familiar = None if first or known is None else known > 0
    where = whereabouts(feed, state, target=findings.target, familiar=familiar, now=given.now)
    return {
        "interval": interval_after(
            given.policy, state.interval, known_share=None if first else known, least=findings.least
        ),
        "address": where.address,
        "move": where.move,
        "document": findings.reading.document if findings.reading else state.document,
        "rhythm": _rhythm(feed, state, findings, given),
    }


def _fallen_back(after: FeedState) -> FeedState:
    if not fallen_back(after):
        return after
    # The other address knows nothing of these validators.
    return replace(after, address=None, move=None, validators=Validators())


def _pace(state: FeedState, findings: Findings) -> timedelta | None:
    if findings.status is None:
        return state.pace
    if state.pace is None:
        return findings.elapsed
    return state.pace + (findings.elapsed - state.pace) * PACE_SHARE


def _rhythm(feed: Feed, state: FeedState, findings: Findings, given: Circumstances) -> Rhythm | None:
    if state.rhythm is None:
        return begun(findings.reading.dates, given.now) if findings.reading else None
    new = findings.decision.counts.get("published", 0)
    if new == 0:
        return state.rhythm
    # The poll after the last good one may have come late; what is beyond it is an absence of ours.
    read_at, interval = state.last_success_at, interval_of(given.policy, feed, state)
    return counted(
        state.rhythm,
        new,
        last_new_at=state.last_new_at,
        now=given.now,
        watched_until=None if read_at is None else read_at + WATCHED_INTERVALS * interval,
    )


def _totals(state: FeedState, findings: Findings) -> Mapping[EntryState, int]:
    if not findings.decision.counts:
        return state.totals
    totals = dict(state.totals)
    for what, count in findings.decision.counts.items():
        totals[what] = totals.get(what, 0) + count
    return totals
