"""Stories, events, alerts and decisions, written by extract."""

import sqlalchemy as sa

from shared.tables.base import Json, Sequence, UtcDateTime, metadata

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("sequence", Sequence, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(64), nullable=False, unique=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("entry_key", sa.Text, nullable=False),
    sa.Column("feed_url", sa.Text, nullable=False),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("language", sa.String(16)),
    sa.Column("published_at", UtcDateTime, nullable=False),
    sa.Column("published_source", sa.String(16), nullable=False),
    sa.Column("first_seen_at", UtcDateTime, nullable=False),
    sa.Column("revised_at", UtcDateTime),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("relevant", sa.Boolean, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("tier", sa.String(16), nullable=False),
    sa.Column("tags", Json, nullable=False),
    sa.Column("tagged_at", UtcDateTime, nullable=False),
    sa.Column("article", Json),
    sa.Column("origin", Json),
    sa.Index("ix_stories_relevant_sequence", "relevant", "sequence"),
)

story_revisions = sa.Table(
    "story_revisions",
    metadata,
    sa.Column("story_id", sa.String(64), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("sequence", Sequence, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(64), nullable=False, unique=True),
    sa.Column("watch", sa.String(64), nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("certainty", sa.String(16), nullable=False),
    sa.Column("categories", Json, nullable=False),
    sa.Column("first_seen_at", UtcDateTime, nullable=False),
    sa.Column("latest_at", UtcDateTime, nullable=False),
    sa.Column("stories", sa.Integer, nullable=False),
)

event_stories = sa.Table(
    "event_stories",
    metadata,
    sa.Column("story_id", sa.String(64), primary_key=True),
    sa.Column("event_id", sa.String(64), sa.ForeignKey("events.id"), nullable=False, index=True),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("sequence", Sequence, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(64), nullable=False, unique=True),
    sa.Column("event_id", sa.String(64), sa.ForeignKey("events.id"), nullable=False),
    sa.Column("event_sequence", sa.Integer, nullable=False),
    sa.Column("reason", sa.String(24), nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("certainty", sa.String(16), nullable=False),
    sa.Column("alerted_at", UtcDateTime, nullable=False),
    sa.Column("body", Json, nullable=False),
    sa.UniqueConstraint("event_id", "event_sequence"),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("story_id", sa.String(64), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("outcome", sa.String(16), nullable=False, index=True),
    sa.Column("reason", sa.String(32), nullable=False),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("event_id", sa.String(64)),
    sa.Column("alert_id", sa.String(64)),
    sa.Column("decided_at", UtcDateTime, nullable=False),
)

domain_starts = sa.Table(
    "domain_starts",
    metadata,
    sa.Column("domain", sa.String(255), primary_key=True),
    sa.Column("started_at", UtcDateTime, nullable=False, index=True),
)
