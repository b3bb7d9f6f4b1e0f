"""Subscriptions and deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

ID = sa.String(64)
UTC = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _create_subscription_tables()
    _create_delivery_table()
    _create_attempt_table()


def downgrade() -> None:
    for table in ("attempts", "deliveries", "messages", "subscriptions"):
        op.drop_table(table)


def _create_subscription_tables() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", ID, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("filter", JSON, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
    )
    op.create_table(
        "messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_alert_id", "messages", ["alert_id"])


def _create_delivery_table() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("subscription_id", ID, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claims", sa.Integer, nullable=False),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("lease_until", UTC),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("settled_at", UTC),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_deliveries_message_id_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("message_id", "subscription_id", name="uq_deliveries_message_id_subscription_id"),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["due_at", "id"],
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_leased",
        "deliveries",
        ["lease_until"],
        postgresql_where=sa.text("state = 'leased'"),
        sqlite_where=sa.text("state = 'leased'"),
    )


def _create_attempt_table() -> None:
    op.create_table(
        "attempts",
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("elapsed_ms", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("error", sa.Text),
        sa.Column("excerpt", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_attempts"),
    )
