"""`db upgrade`."""

import typer

from services.commands.settings import read_settings, run
from shared.migrate import upgrade
from shared.runtime import open_database
from shared.settings import Settings

family = typer.Typer(help="The database.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(family, name="db")


@family.command("upgrade")
def upgrade_database() -> None:
    """Bring the database's schema up to date."""
    run(_upgrade(read_settings()))


async def _upgrade(settings: Settings) -> None:
    database = open_database(settings)
    try:
        await upgrade(database)
    finally:
        await database.close()
