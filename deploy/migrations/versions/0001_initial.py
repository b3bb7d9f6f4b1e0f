"""The first tables: feeds, stories, events, alerts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

ID = sa.String(64)
UTC = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_feed_tables()
    _create_poll_tables()
    _create_story_tables()
    _create_revision_tables()
    _create_event_tables()
    _create_stream_tables()


def downgrade() -> None:
    for table in (
        "alerts",
        "event_stories",
        "events",
        "decisions",
        "story_revisions",
        "stories",
        "entries",
        "polls",
        "feed_state",
        "feeds",
        "unfinished_records",
    ):
        op.drop_table(table)


def _create_feed_tables() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", ID, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("language", sa.String(16)),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("interval_seconds", sa.Integer),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("url", name="uq_feeds_url"),
    )
    op.create_table(
        "feed_state",
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_hash", sa.String(64)),
        sa.Column("next_poll_at", UTC, nullable=False),
        sa.Column("last_poll_at", UTC),
        sa.Column("last_success_at", UTC),
        sa.Column("last_new_at", UTC),
        sa.Column("last_outcome", sa.String(32)),
        sa.Column("last_error", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("feed_id", name="pk_feed_state"),
    )
    op.create_index("ix_feed_state_next_poll_at", "feed_state", ["next_poll_at"])


def _create_poll_tables() -> None:
    op.create_table(
        "polls",
        sa.Column("sequence", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("elapsed_ms", sa.Integer, nullable=False),
        sa.Column("entries", JSON, nullable=False),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("sequence", name="pk_polls"),
    )
    op.create_index("ix_polls_feed_id_sequence", "polls", ["feed_id", "sequence"])
    op.create_table(
        "entries",
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("entry_key", sa.String(600), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("first_seen_at", UTC, nullable=False),
        sa.Column("last_seen_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("feed_id", "entry_key", name="pk_entries"),
    )
    op.create_index("ix_entries_story_id", "entries", ["story_id"])


def _create_story_tables() -> None:
    op.create_table(
        "stories",
        sa.Column("sequence", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("entry_key", sa.Text, nullable=False),
        sa.Column("feed_url", sa.Text, nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("language", sa.String(16)),
        sa.Column("published_at", UTC, nullable=False),
        sa.Column("published_source", sa.String(16), nullable=False),
        sa.Column("first_seen_at", UTC, nullable=False),
        sa.Column("revised_at", UTC),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("relevant", sa.Boolean, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("tagged_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_stories"),
        sa.UniqueConstraint("id", name="uq_stories_id"),
    )
    op.create_index("ix_stories_relevant_sequence", "stories", ["relevant", "sequence"])
    op.create_index("ix_stories_state", "stories", ["state"])


def _create_revision_tables() -> None:
    op.create_table(
        "story_revisions",
        sa.Column("story_id", ID, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("story_id", "revision", name="pk_story_revisions"),
    )
    op.create_table(
        "decisions",
        sa.Column("story_id", ID, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("event_id", ID),
        sa.Column("alert_id", ID),
        sa.Column("decided_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("story_id", "revision", name="pk_decisions"),
    )
    op.create_index("ix_decisions_outcome", "decisions", ["outcome"])


def _create_event_tables() -> None:
    op.create_table(
        "events",
        sa.Column("sequence", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("watch", sa.String(64), nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("certainty", sa.String(16), nullable=False),
        sa.Column("categories", JSON, nullable=False),
        sa.Column("first_seen_at", UTC, nullable=False),
        sa.Column("latest_at", UTC, nullable=False),
        sa.Column("stories", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_events"),
        sa.UniqueConstraint("id", name="uq_events_id"),
    )
    op.create_table(
        "event_stories",
        sa.Column("story_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_event_stories_event_id_events"),
        sa.PrimaryKeyConstraint("story_id", name="pk_event_stories"),
    )
    op.create_index("ix_event_stories_event_id", "event_stories", ["event_id"])
    op.create_table(
        "alerts",
        sa.Column("sequence", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("event_sequence", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("certainty", sa.String(16), nullable=False),
        sa.Column("alerted_at", UTC, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_alerts_event_id_events"),
        sa.PrimaryKeyConstraint("sequence", name="pk_alerts"),
        sa.UniqueConstraint("event_id", "event_sequence", name="uq_alerts_event_id_event_sequence"),
        sa.UniqueConstraint("id", name="uq_alerts_id"),
    )


def _create_stream_tables() -> None:
    op.create_table(
        "unfinished_records",
        sa.Column("consumer_group", sa.String(64), nullable=False),
        sa.Column("topic", sa.String(128), nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("first_offset", sa.BigInteger, nullable=False),
        sa.Column("starts", sa.Integer, nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("consumer_group", "topic", "partition", name="pk_unfinished_records"),
    )
