"""What ingest knows of a feed's health, and entries by outlet."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

UTC = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
INDEXES = {
    "ix_feed_state_health": ("feed_state", ["health"]),
    "ix_entries_last_seen_at": ("entries", ["last_seen_at"]),
    "ix_entries_outlet_entry_key": ("entries", ["outlet", "entry_key"]),
    "ix_entries_outlet_link_key": ("entries", ["outlet", "link_key"]),
}
# What was stored before had been acknowledged; entries of removed feeds keep an empty outlet.
FILL_IN = (
    "UPDATE entries SET acknowledged = revision",
    (
        "UPDATE entries SET outlet = (SELECT outlet FROM feeds WHERE feeds.id = entries.feed_id)"
        " WHERE feed_id IN (SELECT id FROM feeds)"
    ),
)


def upgrade() -> None:
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    for statement in FILL_IN:
        op.execute(statement)
    for name, (table, names) in INDEXES.items():
        op.create_index(name, table, names)
    op.create_table(
        "domain_holds",
        sa.Column("domain", sa.String(255), nullable=False),
        sa.Column("until", UTC, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_domain_holds"),
    )
    op.create_table(
        "outages",
        sa.Column("began_at", UTC, nullable=False),
        sa.Column("ended_at", UTC),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("began_at", name="pk_outages"),
    )


def downgrade() -> None:
    op.drop_table("outages")
    op.drop_table("domain_holds")
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
    for table, columns in _columns().items():
        for column in reversed(columns):
            op.drop_column(table, column.name)


def _columns() -> dict[str, tuple[sa.Column[Any], ...]]:
    """Made anew each time: a column belongs to the table it was added to."""
    return {
        "feeds": (
            sa.Column("owner", sa.Text),
            sa.Column("country", sa.String(2)),
            sa.Column("tier", sa.Integer),
        ),
        "feed_state": (
            sa.Column("failing_since", UTC),
            sa.Column("interval_seconds", sa.Float),
            sa.Column("address", sa.Text),
            sa.Column("move", JSON),
            sa.Column("document", JSON),
            sa.Column("gap_suspected_at", UTC),
            sa.Column("rhythm", JSON),
            sa.Column("health", sa.String(16)),
            sa.Column("health_since", UTC),
            sa.Column("health_reason", sa.Text),
            sa.Column("health_changes", sa.Integer, nullable=False, server_default="0"),
            sa.Column("streak", sa.Integer, nullable=False, server_default="0"),
            sa.Column("streak_since", UTC),
            sa.Column("pace_seconds", sa.Float),
            sa.Column("polls", sa.Integer, nullable=False, server_default="0"),
            sa.Column("distrusted_until", sa.Integer, nullable=False, server_default="0"),
            sa.Column("totals", JSON, nullable=False, server_default="{}"),
        ),
        "polls": (
            sa.Column("size", sa.Integer),
            sa.Column("gap_suspected", sa.Boolean, nullable=False, server_default=sa.false()),
        ),
        "entries": (
            sa.Column("outlet", sa.Text, nullable=False, server_default=""),
            sa.Column("acknowledged", sa.Integer, nullable=False, server_default="0"),
            sa.Column("link_key", sa.String(600)),
            sa.Column("title_key", sa.String(64), nullable=False, server_default=""),
            sa.Column("published_at", UTC),
        ),
    }
