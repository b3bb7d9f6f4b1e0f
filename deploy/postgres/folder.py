"""The folder that a server lives in: another program that opens it has the same server.

It holds `server.json` and `server/` with data and log. Where we are root and the user postgres cannot reach
the folder, data and log are elsewhere, and `server.json` says where.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from deploy.loopback import free_ports, is_free
from deploy.postgres.account import Account, server_account
from deploy.postgres.server import PostgresServer, ServerPlan, find_binaries

PLAN_FILE = "server.json"
PREFIX = "pactwatch-postgres-"
OTHERS_MAY_PASS = 0o711
ELSEWHERE = Path("/var/tmp")  # noqa: S108 - mkdtemp makes a folder of our own in it


async def open_server(
    directory: Path, *, environment: Mapping[str, str], fsync: bool = True, port: int | None = None
) -> PostgresServer:
    """The server of a folder, started or not; made where there is none.

    While it does not run, a port that somebody took meanwhile is chosen anew; the data stay.
    """
    account = server_account()
    binaries = find_binaries()
    plan = _recorded(directory) or await _new_plan(directory, account, environment)

    def server() -> PostgresServer:
        return PostgresServer(
            plan=plan, account=account, binaries=binaries, fsync=fsync, environment=environment
        )

    if server().running() is None:
        if port not in {None, plan.port} or not is_free(plan.port):
            plan = replace(plan, port=port or free_ports(1)[0])
        _record(directory, plan)
    return server()


@asynccontextmanager
async def throwaway_server(
    environment: Mapping[str, str], *, fsync: bool = False
) -> AsyncIterator[PostgresServer]:
    """A started server in a folder of its own; afterwards neither processes nor files are left."""
    directory = _passable_folder()
    try:
        server = await open_server(directory, environment=environment, fsync=fsync)
        try:
            await server.start()
            yield server
        finally:
            await server.stop("immediate")
            shutil.rmtree(server.place)
    finally:
        shutil.rmtree(directory)


def holds_server(directory: Path) -> bool:
    """True when a server was made in this folder and still has its data."""
    return _recorded(directory) is not None


async def _new_plan(directory: Path, account: Account, environment: Mapping[str, str]) -> ServerPlan:
    place = _handed_over(directory / "server", account)
    if not await account.can_write(place, environment):
        place = _handed_over(Path(tempfile.mkdtemp(prefix=PREFIX, dir=ELSEWHERE)), account)
    return ServerPlan(place=str(place), port=free_ports(1)[0])


def _handed_over(folder: Path, account: Account) -> Path:
    place = folder.absolute()
    place.mkdir(parents=True, exist_ok=True)
    os.chown(place, account.uid, account.gid)
    return place


def _passable_folder() -> Path:
    """A new folder that is nobody's to list and everybody's to pass through."""
    directory = Path(tempfile.mkdtemp(prefix=PREFIX))
    directory.chmod(OTHERS_MAY_PASS)
    return directory


def _recorded(directory: Path) -> ServerPlan | None:
    """None also when the data are gone, as happens to folders for temporary files."""
    try:
        plan = msgspec.json.decode((directory / PLAN_FILE).read_bytes(), type=ServerPlan)
    except FileNotFoundError:
        return None
    return plan if Path(plan.place).is_dir() else None


def _record(directory: Path, plan: ServerPlan) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / PLAN_FILE).write_bytes(msgspec.json.encode(plan))
