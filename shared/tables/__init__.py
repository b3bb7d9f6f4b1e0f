"""The tables, as SQLAlchemy Core sees them; Alembic migrations in `deploy/migrations` make them.

One writer per table: feeds, subscriptions, messages, deliveries, attempts by api; feed_state, polls, entries
by ingest; stories, story_revisions, events, event_stories, alerts, decisions by extract; unfinished_records
by the service that runs the consumer group. Rows become values in `shared/store`.
"""

from shared.tables.api import attempts, deliveries, messages, subscriptions
from shared.tables.base import metadata
from shared.tables.extract import alerts, decisions, event_stories, events, stories, story_revisions
from shared.tables.ingest import entries, feed_state, feeds, polls
from shared.tables.stream import unfinished_records

__all__ = [
    "alerts",
    "attempts",
    "decisions",
    "deliveries",
    "entries",
    "event_stories",
    "events",
    "feed_state",
    "feeds",
    "messages",
    "metadata",
    "polls",
    "stories",
    "story_revisions",
    "subscriptions",
    "unfinished_records",
]
