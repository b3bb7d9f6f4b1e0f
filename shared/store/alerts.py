"""Alerts as they were sent."""

from dataclasses import dataclass

import sqlalchemy as sa

from shared.db import Database
from shared.model.alert import Alert
from shared.store import event_rows
from shared.tables import alerts

MOST_LISTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlert:
    """An alert; `sequence` is its place among all alerts, while `alert.sequence` counts within its event."""

    sequence: int
    alert: Alert


class AlertStore:
    """Written by `StoryStore.record`. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, alert_id: str) -> Alert | None:
        async with self._database.read() as connection:
            found = await connection.execute(sa.select(alerts).where(alerts.c.id == alert_id))
            row = found.mappings().one_or_none()
            return None if row is None else event_rows.alert(row)

    async def list(self, after: int, limit: int, min_severity: int = 1) -> tuple[StoredAlert, ...]:
        """The alerts after that sequence, in the order they were decided; at most a thousand."""
        query = sa.select(alerts).where(alerts.c.sequence > after, alerts.c.severity >= min_severity)
        async with self._database.read() as connection:
            found = await connection.execute(query.order_by(alerts.c.sequence).limit(min(limit, MOST_LISTED)))
            return tuple(
                StoredAlert(sequence=row["sequence"], alert=event_rows.alert(row)) for row in found.mappings()
            )

    async def count(self) -> int:
        async with self._database.read() as connection:
            found = await connection.execute(sa.select(sa.func.count()).select_from(alerts))
            return int(found.scalar_one())
