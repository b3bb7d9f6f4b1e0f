"""`topics create`."""

import typer

from services.commands.settings import read_settings, run
from shared.runtime import open_stream
from shared.settings import Settings
from shared.topics import topic_specs

family = typer.Typer(help="The topics.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(family, name="topics")


@family.command()
def create() -> None:
    """Make the topics that do not exist yet."""
    run(_create(read_settings()))


async def _create(settings: Settings) -> None:
    stream = open_stream(settings)
    try:
        await stream.create_topics(topic_specs(settings.partitions))
    finally:
        await stream.close()
