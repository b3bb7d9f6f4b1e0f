"""A Kafka cluster by hand: `python -m deploy.kafka start --brokers 3`, `status`, `stop`."""

import asyncio
import logging
import os
from pathlib import Path
from typing import Annotated

import typer

from deploy.command_line import exit_status
from deploy.kafka.cluster import KafkaCluster
from deploy.kafka.folder import open_cluster

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)
Directory = Annotated[Path, typer.Option("--dir", help="where the cluster lives")]
DEFAULT_DIRECTORY = Path(".kafka")


@app.command()
def start(
    brokers: Annotated[int, typer.Option(min=1, max=3)] = 1,
    directory: Directory = DEFAULT_DIRECTORY,
    port_base: Annotated[
        int | None, typer.Option(min=1024, max=65_000, help="first of 2 ports per broker")
    ] = None,
) -> None:
    """Start the brokers that do not run, wait until they answer, print their addresses."""

    async def started() -> KafkaCluster:
        cluster = await open_cluster(directory, brokers=brokers, environment=os.environ, port_base=port_base)
        await cluster.start()
        return cluster

    typer.echo(asyncio.run(started()).bootstrap)


@app.command()
def stop(directory: Directory = DEFAULT_DIRECTORY) -> None:
    """Stop the brokers; their records stay."""

    async def stopped() -> None:
        cluster = await open_cluster(directory, brokers=None, environment=os.environ)
        await cluster.stop()

    asyncio.run(stopped())


@app.command()
def status(directory: Directory = DEFAULT_DIRECTORY) -> None:
    """Print one line per broker: id, address, pid or `stopped`; exit status 1 when one is stopped."""
    cluster = asyncio.run(open_cluster(directory, brokers=None, environment=os.environ))
    running = cluster.running()
    for node_id in cluster.brokers:
        typer.echo(f"{node_id} {cluster.address(node_id)} {running.get(node_id, 'stopped')}")
    raise typer.Exit(0 if len(running) == len(cluster.brokers) else 1)


def main() -> int:
    """Run the command line; returns the exit status."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    return exit_status(app)


if __name__ == "__main__":
    raise SystemExit(main())
