"""The writes of one correlation, inside the transaction of `StoryStore.record`."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.model.alert import Alert, Decision, Event
from shared.model.origin import Origin
from shared.model.story import Story
from shared.model.tag import TaggedStory
from shared.store import event_rows, story_rows
from shared.store.upsert import insert_into
from shared.tables import alerts, decisions, event_stories, events, stories, story_revisions

RECORDING_LOCK = 7_036_874_417_766_401
"""PostgreSQL's advisory lock of extract's tables; any number that nothing else uses."""


async def take_turn(connection: AsyncConnection) -> None:
    """Let one transaction at a time number rows.

    Numbers drawn in parallel become visible out of order, and a reader who follows them by cursor would skip
    the late ones. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(RECORDING_LOCK)))


async def put_story(
    connection: AsyncConnection, tagged: TaggedStory, state: str, origin: Origin | None
) -> None:
    """Store the revision, and make it the story's row if it is newer.

    Of one revision tagged twice, by different rules, the relevant one stands.
    """
    row = story_rows.story_row(tagged, state, origin)
    statement = insert_into(connection, stories).values(row)
    new = statement.excluded
    newer = new.revision > stories.c.revision
    found_relevant = sa.and_(new.revision == stories.c.revision, new.relevant, sa.not_(stories.c.relevant))
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[stories.c.id],
            set_={name: new[name] for name in row if name != "id"},
            where=sa.or_(newer, found_relevant),
        )
    )
    await _put_revision(connection, tagged.story)


async def put_decision(connection: AsyncConnection, decision: Decision) -> bool:
    """Store the decision; False when there was one already, which stands."""
    statement = insert_into(connection, decisions).values(story_rows.decision_row(decision))
    done = await connection.execute(
        statement.on_conflict_do_nothing(index_elements=[decisions.c.story_id, decisions.c.revision])
    )
    return done.rowcount == 1


async def put_event(connection: AsyncConnection, event: Event, story: Story) -> None:
    """Store the event with the story in it; the number of its stories is counted, not believed."""
    row = event_rows.event_row(event)
    await connection.execute(
        insert_into(connection, events).values(row).on_conflict_do_nothing(index_elements=[events.c.id])
    )
    await connection.execute(
        insert_into(connection, event_stories)
        .values(story_id=story.id, event_id=event.id)
        .on_conflict_do_nothing(index_elements=[event_stories.c.story_id])
    )
    within = event_stories.c.event_id == event.id
    counted = sa.select(sa.func.count()).select_from(event_stories).where(within).scalar_subquery()
    await connection.execute(
        sa.update(events).where(events.c.id == event.id).values(row | {"stories": counted})
    )


async def put_alert(connection: AsyncConnection, alert: Alert) -> Alert:
    """Store the alert as the event's next: the sequence is given here, so that it has no gaps."""
    last = sa.select(sa.func.max(alerts.c.event_sequence)).where(alerts.c.event_id == alert.event_id)
    numbered = replace(alert, sequence=((await connection.execute(last)).scalar() or 0) + 1)
    await connection.execute(sa.insert(alerts).values(event_rows.alert_row(numbered)))
    return numbered


async def stored_alert(connection: AsyncConnection, story_id: str, revision: int) -> Alert | None:
    """The alert which the decision on this revision made, if any."""
    decided = (decisions.c.story_id == story_id, decisions.c.revision == revision)
    found = await connection.execute(
        sa.select(alerts).join(decisions, decisions.c.alert_id == alerts.c.id).where(*decided)
    )
    row = found.mappings().one_or_none()
    return None if row is None else event_rows.alert(row)


async def _put_revision(connection: AsyncConnection, story: Story) -> None:
    statement = insert_into(connection, story_revisions).values(story_rows.revision_row(story))
    keys = [story_revisions.c.story_id, story_revisions.c.revision]
    await connection.execute(statement.on_conflict_do_nothing(index_elements=keys))
