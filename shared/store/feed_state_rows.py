"""What is known of a feed, and its polls, as rows and back."""

from datetime import timedelta
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from shared.model.feed import Document, FeedState, Move, Poll, Validators
from shared.model.health import FeedHealth, Rhythm
from shared.store.storable import storable_json, storable_text

T = TypeVar("T")


def lasting(state: FeedState) -> tuple[object, ...]:
    """What most polls leave as it is: all that `passing_row` leaves out."""
    return (
        *(state.validators, state.last_new_at, state.address, state.move, state.document),
        *(state.gap_suspected_at, state.rhythm, state.health, state.distrusted_until, state.totals),
    )


def state_row(state: FeedState) -> dict[str, Any]:
    """The whole row."""
    health = state.health
    return {
        "feed_id": state.feed_id,
        **passing_row(state),
        "etag": _text(state.validators.etag),
        "last_modified": _text(state.validators.last_modified),
        "body_hash": state.validators.body_hash,
        "last_new_at": state.last_new_at,
        "address": state.address,
        "move": _json(state.move),
        "document": _json(state.document),
        "gap_suspected_at": state.gap_suspected_at,
        "rhythm": _rhythm(state.rhythm),
        "health": health.state if health else None,
        "health_since": health.since if health else None,
        "health_reason": storable_text(health.reason) if health else None,
        "health_changes": health.changes if health else 0,
        "distrusted_until": state.distrusted_until,
        "totals": dict(state.totals),
    }


def passing_row(state: FeedState) -> dict[str, Any]:
    """The columns that change with every poll."""
    return {
        "next_poll_at": state.next_poll_at,
        "last_poll_at": state.last_poll_at,
        "last_success_at": state.last_success_at,
        "last_outcome": state.last_outcome,
        "last_error": _text(state.last_error),
        "last_cause": state.last_cause,
        "failures": state.failures,
        "failing_since": state.failing_since,
        "interval_seconds": _seconds(state.interval),
        "streak": state.streak,
        "streak_since": state.streak_since,
        "pace_seconds": _seconds(state.pace),
        "polls": state.polls,
    }


def state_of(row: sa.RowMapping) -> FeedState:
    return FeedState(
        feed_id=row["feed_id"],
        validators=Validators(
            etag=row["etag"], last_modified=row["last_modified"], body_hash=row["body_hash"]
        ),
        next_poll_at=row["next_poll_at"],
        last_poll_at=row["last_poll_at"],
        last_success_at=row["last_success_at"],
        last_new_at=row["last_new_at"],
        last_outcome=row["last_outcome"],
        last_error=row["last_error"],
        last_cause=row["last_cause"],
        failures=row["failures"],
        failing_since=row["failing_since"],
        interval=_interval(row["interval_seconds"]),
        address=row["address"],
        move=_value(row["move"], Move),
        document=_value(row["document"], Document),
        gap_suspected_at=row["gap_suspected_at"],
        rhythm=_value(row["rhythm"], Rhythm),
        health=_health(row),
        streak=row["streak"],
        streak_since=row["streak_since"],
        pace=_interval(row["pace_seconds"]),
        polls=row["polls"],
        distrusted_until=row["distrusted_until"],
        totals=row["totals"],
    )


def poll_row(poll: Poll) -> dict[str, Any]:
    return {
        "feed_id": poll.feed_id,
        "at": poll.at,
        "outcome": poll.outcome,
        "status": poll.status,
        "elapsed_ms": round(poll.elapsed.total_seconds() * 1000),
        "entries": poll.entries,
        "error": _text(poll.error),
        "size": poll.size,
        "gap_suspected": poll.gap_suspected,
    }


def poll_of(row: sa.RowMapping) -> Poll:
    return Poll(
        feed_id=row["feed_id"],
        at=row["at"],
        outcome=row["outcome"],
        status=row["status"],
        elapsed=timedelta(milliseconds=row["elapsed_ms"]),
        entries=row["entries"],
        error=row["error"],
        size=row["size"],
        gap_suspected=row["gap_suspected"],
    )


def _health(row: sa.RowMapping) -> FeedHealth | None:
    if row["health"] is None:
        return None
    return FeedHealth(
        state=row["health"],
        since=row["health_since"],
        reason=row["health_reason"],
        changes=row["health_changes"],
    )


def _text(text: str | None) -> str | None:
    return None if text is None else storable_text(text)


def _json(value: Move | Document | None) -> Any:
    return sa.null() if value is None else storable_json(value)


def _rhythm(rhythm: Rhythm | None) -> Any:
    """As `storable_json` would, without looking for text in all the numbers: it is written at every poll."""
    return sa.null() if rhythm is None else msgspec.to_builtins(rhythm)


def _value(stored: Any, kind: type[T]) -> T | None:
    return None if stored is None else msgspec.convert(stored, kind)


def _seconds(interval: timedelta | None) -> float | None:
    return None if interval is None else interval.total_seconds()


def _interval(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
