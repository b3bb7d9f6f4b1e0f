"""Events and alerts as rows, and back. An alert's body holds it whole; other columns are for searching."""

from typing import Any

import msgspec
import sqlalchemy as sa

from shared.model.alert import Alert, Event
from shared.store.storable import storable_json, storable_text


def event_row(event: Event) -> dict[str, Any]:
    """The row of `events`."""
    return {
        "id": event.id,
        "watch": event.watch,
        "headline": storable_text(event.headline),
        "severity": event.severity,
        "certainty": event.certainty,
        "categories": storable_json(event.categories),
        "first_seen_at": event.first_seen_at,
        "latest_at": event.latest_at,
        "stories": event.stories,
    }


def event(row: sa.RowMapping) -> Event:
    """What `event_row` made the row from."""
    return Event(
        id=row["id"],
        watch=row["watch"],
        headline=row["headline"],
        severity=row["severity"],
        certainty=row["certainty"],
        categories=tuple(row["categories"]),
        first_seen_at=row["first_seen_at"],
        latest_at=row["latest_at"],
        stories=row["stories"],
    )


def alert_row(alert: Alert) -> dict[str, Any]:
    """The row of `alerts`."""
    return {
        "id": alert.id,
        "event_id": alert.event_id,
        "event_sequence": alert.sequence,
        "reason": alert.reason,
        "severity": alert.severity,
        "certainty": alert.certainty,
        "alerted_at": alert.alerted_at,
        "body": storable_json(alert),
    }


def alert(row: sa.RowMapping) -> Alert:
    """What `alert_row` made the row from."""
    return msgspec.convert(row["body"], Alert)
