"""Why the last poll of a feed gave no document; until its next poll nothing is known of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("feed_state", sa.Column("last_cause", sa.String(16)))


def downgrade() -> None:
    op.drop_column("feed_state", "last_cause")
