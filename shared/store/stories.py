"""Stories with their tags and what was decided of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shared.db import Database
from shared.model.alert import Alert, Decision, Event
from shared.model.origin import Origin
from shared.model.tag import TaggedStory
from shared.store import recording, story_rows
from shared.tables import decisions, stories

MOST_LISTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStory:
    """A story's newest revision; `sequence` is its place in order of arrival.

    `state` is off_topic for an irrelevant one, else the outcome of the decision on that revision; `origin` is
    None for an irrelevant one.
    """

    sequence: int
    state: str
    tagged: TaggedStory
    origin: Origin | None = None


class StoryStore:
    """Written by extract, read by everyone. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(
        self,
        tagged: TaggedStory,
        decision: Decision | None,
        *,
        event: Event | None = None,
        alert: Alert | None = None,
        origin: Origin | None = None,
    ) -> Alert | None:
        """Store all that came of one revision, in one transaction; `decision` is None for an irrelevant one.

        Doing it again changes nothing: the first decision on a revision stands. Answers with the alert that
        the standing decision made, numbered as the event's next.
        """
        story = tagged.story
        async with self._database.write() as connection:
            await recording.take_turn(connection)
            if decision is not None and not await recording.put_decision(connection, decision):
                return await recording.stored_alert(connection, story.id, story.revision)
            state = decision.outcome if decision is not None else story_rows.OFF_TOPIC
            await recording.put_story(connection, tagged, state, origin)
            if event is not None:
                await recording.put_event(connection, event, story)
            return None if alert is None else await recording.put_alert(connection, alert)

    async def get(self, story_id: str) -> StoredStory | None:
        async with self._database.read() as connection:
            found = await connection.execute(sa.select(stories).where(stories.c.id == story_id))
            row = found.mappings().one_or_none()
            return None if row is None else _stored(row)

    async def list(
        self,
        after: int,
        limit: int,
        relevant: bool | None = None,
        *,
        seen_since: datetime | None = None,
    ) -> tuple[StoredStory, ...]:
        """The stories after that sequence, in order of arrival; at most a thousand.

        With `seen_since` only those first seen at that moment or later.
        """
        query = sa.select(stories).where(stories.c.sequence > after).order_by(stories.c.sequence)
        if relevant is not None:
            query = query.where(stories.c.relevant == relevant)
        if seen_since is not None:
            query = query.where(stories.c.first_seen_at >= seen_since)
        async with self._database.read() as connection:
            found = await connection.execute(query.limit(min(limit, MOST_LISTED)))
            return tuple(_stored(row) for row in found.mappings())

    async def count(self, relevant: bool | None = None) -> int:
        """How many stories there are, however often revised."""
        query = sa.select(sa.func.count()).select_from(stories)
        if relevant is not None:
            query = query.where(stories.c.relevant == relevant)
        async with self._database.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def decisions(self, story_id: str) -> Sequence[Decision]:
        """What was decided of every revision of the story, oldest revision first."""
        query = sa.select(decisions).where(decisions.c.story_id == story_id).order_by(decisions.c.revision)
        async with self._database.read() as connection:
            return [story_rows.decision(row) for row in (await connection.execute(query)).mappings()]


def _stored(row: sa.RowMapping) -> StoredStory:
    return StoredStory(
        sequence=row["sequence"],
        state=row["state"],
        tagged=story_rows.tagged_story(row),
        origin=story_rows.origin(row),
    )
