"""Events, as correlation needs to read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.model.alert import Alert, Decision, Event
from shared.model.history import ActiveStory, EventHistory, Wording
from shared.store import event_rows, story_rows
from shared.tables import alerts, decisions, event_stories, events, stories, story_revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is stored of a story when a revision of it arrives, and the active stories at that moment.

    `decision` is the one on this very revision: if there is one, nothing else is looked up. `newest_revision`
    and `event_id` are None for a story never seen, or never relevant.
    """

    decision: Decision | None = None
    newest_revision: int | None = None
    event_id: str | None = None
    active: tuple[ActiveStory, ...] = ()


class EventStore:
    """Written by `StoryStore.record`. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, event_id: str) -> Event | None:
        async with self._database.read() as connection:
            return await _event(connection, event_id)

    async def count(self) -> int:
        async with self._database.read() as connection:
            found = await connection.execute(sa.select(sa.func.count()).select_from(events))
            return int(found.scalar_one())

    async def known(self, story_id: str, revision: int, *, active: int) -> Known:
        """What is stored of the story, and the `active` newest relevant stories, oldest first."""
        query = sa.select(stories.c.revision, event_stories.c.event_id).where(stories.c.id == story_id)
        joined = query.outerjoin(event_stories, event_stories.c.story_id == stories.c.id)
        async with self._database.read() as connection:
            if (decision := await _decision(connection, story_id, revision)) is not None:
                return Known(decision=decision)
            row = (await connection.execute(joined)).one_or_none()
            return Known(
                newest_revision=None if row is None else row.revision,
                event_id=None if row is None else row.event_id,
                active=await _active(connection, active),
            )

    async def wordings(self, story_ids: Iterable[str]) -> tuple[Wording, ...]:
        """The newest wording of each of these stories."""
        table = stories.c
        columns = (table.id.label("story_id"), table.revision, table.title, table.text, table.outlet)
        async with self._database.read() as connection:
            found = await connection.execute(sa.select(*columns).where(stories.c.id.in_(list(story_ids))))
            return tuple(Wording(**row) for row in found.mappings())

    async def history(self, event_id: str, story_id: str) -> EventHistory | None:
        """The event so far, and how it was last told through this story; None for an event that is new."""
        async with self._database.read() as connection:
            event = await _event(connection, event_id)
            if event is None:
                return None
            sent = await _alerts(connection, event_id)
            return EventHistory(
                event=event,
                alerts=sent,
                outlets=await _distinct(connection, stories.c.outlet, event_id),
                languages=await _distinct(connection, stories.c.tags["language"].as_string(), event_id),
                told=await _told(connection, sent, story_id),
            )


async def _decision(connection: AsyncConnection, story_id: str, revision: int) -> Decision | None:
    this = (decisions.c.story_id == story_id, decisions.c.revision == revision)
    row = (await connection.execute(sa.select(decisions).where(*this))).mappings().one_or_none()
    return None if row is None else story_rows.decision(row)


async def _event(connection: AsyncConnection, event_id: str) -> Event | None:
    found = await connection.execute(sa.select(events).where(events.c.id == event_id))
    row = found.mappings().one_or_none()
    return None if row is None else event_rows.event(row)


async def _active(connection: AsyncConnection, limit: int) -> tuple[ActiveStory, ...]:
    newest = (
        sa.select(
            stories.c.sequence,
            stories.c.id.label("story_id"),
            stories.c.revision,
            event_stories.c.event_id,
            stories.c.published_at,
        )
        .join(event_stories, event_stories.c.story_id == stories.c.id)
        .where(stories.c.relevant)
        .order_by(stories.c.sequence.desc())
        .limit(limit)
    )
    rows = (await connection.execute(newest)).mappings().all()
    return tuple(ActiveStory(**row) for row in reversed(rows))


async def _alerts(connection: AsyncConnection, event_id: str) -> tuple[Alert, ...]:
    query = sa.select(alerts).where(alerts.c.event_id == event_id).order_by(alerts.c.event_sequence)
    return tuple(event_rows.alert(row) for row in (await connection.execute(query)).mappings())


async def _distinct(
    connection: AsyncConnection, column: sa.ColumnElement[Any], event_id: str
) -> tuple[str, ...]:
    query = (
        sa.select(column)
        .join(event_stories, event_stories.c.story_id == stories.c.id)
        .where(event_stories.c.event_id == event_id)
        .distinct()
    )
    return tuple(sorted(value for value in (await connection.execute(query)).scalars() if value))


async def _told(connection: AsyncConnection, sent: tuple[Alert, ...], story_id: str) -> Wording | None:
    revisions = [story.revision for alert in sent for story in alert.stories if story.id == story_id]
    if not revisions:
        return None
    table = story_revisions.c
    query = sa.select(table.story_id, table.revision, table.title, table.text)
    found = await connection.execute(query.where(table.story_id == story_id, table.revision == revisions[-1]))
    row = found.mappings().one_or_none()
    return None if row is None else Wording(**row)
