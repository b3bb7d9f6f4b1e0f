"""What a story's own page said, and when domains were asked last."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"

UTC = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("stories", sa.Column("article", JSON))
    op.create_table(
        "domain_starts",
        sa.Column("domain", sa.String(255), nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_domain_starts"),
    )
    op.create_index("ix_domain_starts_started_at", "domain_starts", ["started_at"])


def downgrade() -> None:
    op.drop_table("domain_starts")
    op.drop_column("stories", "article")
