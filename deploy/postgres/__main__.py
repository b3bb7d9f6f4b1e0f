"""A PostgreSQL server by hand: `python -m deploy.postgres start`, `stop`."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from deploy.command_line import exit_status
from deploy.postgres.folder import holds_server, open_server
from deploy.postgres.server import PostgresServer
from shared.errors import InputError

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)
Directory = Annotated[Path, typer.Option("--dir", help="where the server lives")]
DEFAULT_DIRECTORY = Path(".postgres")


@app.command()
def start(
    directory: Directory = DEFAULT_DIRECTORY,
    port: Annotated[int | None, typer.Option(min=1024, max=65_535)] = None,
    fsync: Annotated[bool, typer.Option(help="survive the machine's death too")] = True,
) -> None:
    """Start the server unless it runs, wait for connections, print its address."""

    async def started() -> PostgresServer:
        server = await open_server(directory, environment=os.environ, fsync=fsync, port=port)
        await server.start()
        return server

    typer.echo(asyncio.run(started()).dsn())


@app.command()
def stop(directory: Directory = DEFAULT_DIRECTORY, immediate: bool = False) -> None:
    """Stop the server; its data stay."""

    async def stopped() -> None:
        server = await open_server(directory, environment=os.environ)
        await server.stop("immediate" if immediate else "fast")

    if not holds_server(directory):
        raise InputError(f"no PostgreSQL server in {directory}")
    asyncio.run(stopped())


def main() -> int:
    """Run the command line; returns the exit status."""
    return exit_status(app)


if __name__ == "__main__":
    raise SystemExit(main())
