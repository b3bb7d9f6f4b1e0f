"""Alembic's way in: `shared.migrate` hands over an open connection, in whose transaction everything runs."""

import sqlalchemy as sa
from alembic import context

from shared.tables import metadata


def run_migrations(connection: sa.Connection) -> None:
    """Apply what is pending, in the transaction of the connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite cannot alter most of a table
    )
    with context.begin_transaction():
        context.run_migrations()


run_migrations(context.config.attributes["connection"])
