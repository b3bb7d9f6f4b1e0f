"""Messages about other things than alerts, and subscriptions at hubs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.String(64)
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.drop_index("ix_messages_alert_id", "messages")
    op.alter_column("messages", "alert_id", new_column_name="subject_id")
    op.create_index("ix_messages_subject_id", "messages", ["subject_id"])
    op.create_index("ix_messages_created_at", "messages", ["created_at"])
    op.create_table(
        "websub_subscriptions",
        sa.Column("id", ID, nullable=False),
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("token", ID, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("told_at", UTC, nullable=False),
        sa.Column("next_at", UTC, nullable=False),
        sa.Column("lease_until", UTC),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("last_push_at", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_websub_subscriptions"),
        sa.UniqueConstraint("token", name="uq_websub_subscriptions_token"),
    )
    op.create_index("ix_websub_subscriptions_feed_id", "websub_subscriptions", ["feed_id"])
    op.create_index("ix_websub_subscriptions_next_at", "websub_subscriptions", ["next_at"])


def downgrade() -> None:
    op.drop_table("websub_subscriptions")
    op.drop_index("ix_messages_created_at", "messages")
    op.drop_index("ix_messages_subject_id", "messages")
    op.alter_column("messages", "subject_id", new_column_name="alert_id")
    op.create_index("ix_messages_alert_id", "messages", ["alert_id"])
