"""The tables, as SQLAlchemy Core sees them; Alembic migrations in `deploy/migrations` make them.

One writer per table: feeds, subscriptions, messages, deliveries, attempts, websub_subscriptions by api;
feed_state, polls, entries, outages by ingest; stories, story_revisions, events, event_stories, alerts,
decisions, domain_starts by extract; domain_holds by both of them, who learn of holds alike;
unfinished_records by the service that runs the consumer group. Rows become values in `shared/store`.
"""

from shared.tables.api import attempts, deliveries, messages, subscriptions, websub_subscriptions
from shared.tables.base import metadata
from shared.tables.extract import (
    alerts,
    decisions,
    domain_starts,
    event_stories,
    events,
    stories,
    story_revisions,
)
from shared.tables.ingest import domain_holds, entries, feed_state, feeds, outages, polls
from shared.tables.stream import unfinished_records

__all__ = [
    "alerts",
    "attempts",
    "decisions",
    "deliveries",
    "domain_holds",
    "domain_starts",
    "entries",
    "event_stories",
    "events",
    "feed_state",
    "feeds",
    "messages",
    "metadata",
    "outages",
    "polls",
    "stories",
    "story_revisions",
    "subscriptions",
    "unfinished_records",
    "websub_subscriptions",
]
