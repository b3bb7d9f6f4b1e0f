"""How well a feed is read, judged from what is known of it: pure.

The worst comes first: gone ▸ blocked ▸ failing ▸ partial ▸ stale ▸ silent ▸ slow ▸ moved ▸ healthy.
One bad poll changes nothing: every state but `moved` needs at least two polls, or time, that agree. A feed
never read has earned less patience: it fails with its second failed poll, or with the first if its server
says that it is not there. One good poll is enough to recover.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from services.ingest.judging.failures import BARRED, SUCCESSES, plain_title
from services.ingest.judging.rhythm import silent
from shared.model.feed import Feed, FeedState
from shared.model.health import FeedEvent, FeedHealth, HealthState
from shared.model.ids import feed_event_id

FAILING_FROM: Final = 3
"""Points of failure: no single poll has so many, but for one that may mean "gone"."""
REPEATED: Final = 2
SLOW_FROM: Final = timedelta(seconds=10)
SLOW_UNTIL: Final = timedelta(seconds=5)
"""A feed that was slow must be this fast again, so that it does not change with every poll."""
STALE_AFTER: Final = timedelta(hours=1)
STALE_INTERVALS: Final = 3
OLD_NEWS: Final = timedelta(days=60)
"""A document whose newest entry is older says itself that nothing comes any more."""

CAUSED: Final[frozenset[HealthState]] = frozenset({"failing", "blocked"})
"""The states that the cause of the last poll explains."""
READ_WELL: Final = "read well"
Verdict = tuple[HealthState, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How we see a feed: asked at this `interval`; `gone` for good, as its server says.

    `seeing_since` is since when we could have read it at all: neither our own absence nor an outage makes
    feeds stale.
    """

    now: datetime
    interval: timedelta
    seeing_since: datetime
    gone: bool = False


def assess(feed: Feed, state: FeedState, sight: Sight) -> FeedHealth | None:
    """The feed's health after a poll, or as time passed since; None while nothing can be said.
    `state.health` is what it was before."""
    verdict = _verdict(feed, state, sight)
    if verdict is None:
        return state.health
    return _next(state.health, verdict, sight.now)


def is_stale(state: FeedState, sight: Sight) -> bool:
    """Whether it was not read for several of its intervals, whatever the reason."""
    last = max(state.last_success_at or sight.seeing_since, sight.seeing_since)
    return sight.now - last > max(STALE_AFTER, STALE_INTERVALS * sight.interval)


def change_of(feed: Feed, before: FeedState, after: FeedState, now: datetime) -> FeedEvent | None:
    """The event that tells of a change of health; a feed that starts well is no news,
    nor is one that had fallen silent before we came."""
    old, new = before.health, after.health
    if new is None or (old is not None and old.changes == new.changes):
        return None
    if old is None and new.state in ("healthy", "silent"):
        return None
    return FeedEvent(
        id=feed_event_id(feed.id, new.changes, new.state),
        kind="recovered" if new.state == "healthy" else "unhealthy",
        feed_id=feed.id,
        feed_url=feed.url,
        name=feed.name,
        outlet=feed.outlet,
        language=feed.language,
        health=new.state,
        before=old.state if old else None,
        since=new.since,
        reason=new.reason,
        at=now,
        last_document_at=after.last_success_at,
        cause=after.last_cause if new.state in CAUSED else None,
        before_since=old.since if old else None,
        before_reason=old.reason if old else None,
    )


def _next(before: FeedHealth | None, verdict: Verdict, now: datetime) -> FeedHealth:
    state, reason = verdict
    if before is None:
        return FeedHealth(state=state, since=now, reason=reason)
    if before.state == state:
        return before if before.reason == reason else replace(before, reason=reason)
    return FeedHealth(state=state, since=now, reason=reason, changes=before.changes + 1)


def _verdict(feed: Feed, state: FeedState, sight: Sight) -> Verdict | None:
    outcome = state.last_outcome
    if outcome is None or outcome in SUCCESSES:
        return _stale(state, sight) or (None if outcome is None else _well(feed, state, sight))
    why = state.last_error or "no document"
    if sight.gone:
        return "gone", f"{why}; asked once a day from now on"
    if outcome == "gone":  # whether it is, the next polls will show
        return (
            None if _was_read(state) else ("failing", f"never read; its server says it is not there: {why}")
        )
    if outcome == "partial":
        if state.streak >= REPEATED:
            return "partial", why
        return _stale(state, sight)
    return _failed(state, why) or _stale(state, sight)


def _failed(state: FeedState, why: str) -> Verdict | None:
    cause = state.last_cause
    if cause == "web_page":
        why = _page(state.last_error)
        if state.health is not None and state.health.state == "blocked":
            # Most likely the block in words that we do not know; nor is it told anew when they take turns.
            return "blocked", why
    if cause in BARRED and state.streak >= REPEATED:
        return "blocked", why
    if not _was_read(state):
        return ("failing", f"never read: {why}") if _failed_before(state) else None
    if state.failures >= FAILING_FROM:
        return "failing", f"no document {_since(state.failing_since)}: {why}"
    return None


def _was_read(state: FeedState) -> bool:
    return state.last_success_at is not None or state.document is not None


def _failed_before(state: FeedState) -> bool:
    """Whether the last poll was not the first in the row of failed ones."""
    first, last = state.failing_since, state.last_poll_at
    return state.failures >= FAILING_FROM or (first is not None and last is not None and first < last)


def _page(error: str | None) -> str:
    title = plain_title(error)
    return (
        f"it gives a web page{f' ({title})' if title else ''} instead of a feed; its address may have changed"
    )


def _stale(state: FeedState, sight: Sight) -> Verdict | None:
    if not is_stale(state, sight):
        return None
    why = f": {state.last_error}" if state.last_error else ""
    return "stale", f"not read {_since(state.last_success_at or sight.seeing_since)}{why}"


def _well(feed: Feed, state: FeedState, sight: Sight) -> Verdict:
    quiet = _quiet(state, sight)
    if quiet is not None:
        return "silent", quiet
    was_slow = state.health is not None and state.health.state == "slow"
    if state.pace is not None and state.pace > (SLOW_UNTIL if was_slow else SLOW_FROM):
        return "slow", f"it takes {state.pace.total_seconds():.0f} s to answer"
    if state.address is not None and state.address != feed.url:
        return "moved", f"it is read at {state.address}"
    if state.polls < state.distrusted_until:
        return "healthy", "read well, without asking whether it changed: its server denied changes"
    return "healthy", READ_WELL


def _quiet(state: FeedState, sight: Sight) -> str | None:
    if state.rhythm is None or state.last_new_at is None:
        return None
    missing = silent(state.rhythm, state.last_new_at, sight.now, sight.interval)
    if missing is not None:
        return f"nothing new {_since(state.last_new_at)}, where {missing:.0f} entries are usual"
    newest = state.document.newest_at if state.document is not None else None
    # Entries that come without dates are as new as the day they came.
    if newest is not None and sight.now - newest > OLD_NEWS and state.last_new_at - newest > OLD_NEWS:
        return f"its newest entry is of {newest:%-d %B %Y}"
    return None


def _since(moment: datetime | None) -> str:
    """Since when, in words that stay the same from poll to poll."""
    if moment is None:
        return "lately"
    return f"since {moment:%-d %B %Y %H:%M} UTC"
