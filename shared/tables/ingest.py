"""What the operator configured (written by api) and what ingest knows of each feed."""

import sqlalchemy as sa

from shared.tables.base import Json, Sequence, UtcDateTime, metadata

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("language", sa.String(16)),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("interval_seconds", sa.Integer),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

feed_state = sa.Table(
    "feed_state",
    metadata,
    sa.Column("feed_id", sa.String(64), primary_key=True),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("body_hash", sa.String(64)),
    sa.Column("next_poll_at", UtcDateTime, nullable=False, index=True),
    sa.Column("last_poll_at", UtcDateTime),
    sa.Column("last_success_at", UtcDateTime),
    sa.Column("last_new_at", UtcDateTime),
    sa.Column("last_outcome", sa.String(32)),
    sa.Column("last_error", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False),
)

polls = sa.Table(
    "polls",
    metadata,
    sa.Column("sequence", Sequence, primary_key=True, autoincrement=True),
    sa.Column("feed_id", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("outcome", sa.String(32), nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("elapsed_ms", sa.Integer, nullable=False),
    sa.Column("entries", Json, nullable=False),
    sa.Column("error", sa.Text),
    sa.Index("ix_polls_feed_id_sequence", "feed_id", "sequence"),
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("feed_id", sa.String(64), primary_key=True),
    sa.Column("entry_key", sa.String(600), primary_key=True),
    sa.Column("story_id", sa.String(64), nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("first_seen_at", UtcDateTime, nullable=False),
    sa.Column("last_seen_at", UtcDateTime, nullable=False),
)
