"""`db upgrade`, `topics create`: what an operator does before the services start, or lets them do."""

import asyncio

import typer

from services.commands.settings import read_settings, run
from shared.migrate import upgrade
from shared.runtime import open_database, open_stream
from shared.settings import Settings
from shared.topics import topic_specs


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    database = typer.Typer(help="The database.", no_args_is_help=True)
    database.command("upgrade")(upgrade_database)
    app.add_typer(database, name="db")
    topics = typer.Typer(help="The topics.", no_args_is_help=True)
    topics.command("create")(create_topics)
    app.add_typer(topics, name="topics")


def upgrade_database() -> None:
    """Bring the database's schema up to date."""
    run(_upgrade(read_settings()))


async def _upgrade(settings: Settings) -> None:
    database = open_database(settings)
    try:
        await upgrade(database)
    finally:
        await database.close()


def create_topics() -> None:
    """Make the topics that do not exist yet."""
    run(_create(read_settings()))


async def _create(settings: Settings) -> None:
    stream = open_stream(settings)
    try:
        await asyncio.wait_for(stream.create_topics(topic_specs(settings.partitions)), 60)
    finally:
        await stream.close()
