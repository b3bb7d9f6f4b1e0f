"""What a consumer group remembers of records it began, written by the service that runs the group."""

import sqlalchemy as sa

from shared.tables.base import UtcDateTime, metadata

unfinished_records = sa.Table(
    "unfinished_records",
    metadata,
    sa.Column("consumer_group", sa.String(64), primary_key=True),
    sa.Column("topic", sa.String(128), primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("first_offset", sa.BigInteger, nullable=False),
    sa.Column("starts", sa.Integer, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
)
