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
    sa.Column("owner", sa.Text),
    sa.Column("country", sa.String(2)),
    sa.Column("tier", sa.Integer),
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
    sa.Column("last_cause", sa.String(16)),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("failing_since", UtcDateTime),
    sa.Column("interval_seconds", sa.Float),
    sa.Column("address", sa.Text),
    sa.Column("move", Json),
    sa.Column("document", Json),
    sa.Column("gap_suspected_at", UtcDateTime),
    sa.Column("rhythm", Json),
    sa.Column("health", sa.String(16), index=True),
    sa.Column("health_since", UtcDateTime),
    sa.Column("health_reason", sa.Text),
    sa.Column("health_changes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("streak", sa.Integer, nullable=False, server_default="0"),
    sa.Column("streak_since", UtcDateTime),
    sa.Column("pace_seconds", sa.Float),
    sa.Column("polls", sa.Integer, nullable=False, server_default="0"),
    sa.Column("distrusted_until", sa.Integer, nullable=False, server_default="0"),
    sa.Column("totals", Json, nullable=False, server_default="{}"),
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
    sa.Column("size", sa.Integer),
    sa.Column("gap_suspected", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_polls_feed_id_sequence", "feed_id", "sequence"),
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("feed_id", sa.String(64), primary_key=True),
    sa.Column("entry_key", sa.String(600), primary_key=True),
    sa.Column("outlet", sa.Text, nullable=False, server_default=""),
    sa.Column("story_id", sa.String(64), nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("acknowledged", sa.Integer, nullable=False, server_default="0"),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("link_key", sa.String(600)),
    sa.Column("title_key", sa.String(64), nullable=False, server_default=""),
    sa.Column("published_at", UtcDateTime),
    sa.Column("first_seen_at", UtcDateTime, nullable=False),
    sa.Column("last_seen_at", UtcDateTime, nullable=False, index=True),
    sa.Index("ix_entries_outlet_entry_key", "outlet", "entry_key"),
    sa.Index("ix_entries_outlet_link_key", "outlet", "link_key"),
)

domain_holds = sa.Table(
    "domain_holds",
    metadata,
    sa.Column("domain", sa.String(255), primary_key=True),
    sa.Column("until", UtcDateTime, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

outages = sa.Table(
    "outages",
    metadata,
    sa.Column("began_at", UtcDateTime, primary_key=True),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("reason", sa.Text, nullable=False),
)
