"""PostgreSQL on this machine: one real server on loopback, from Debian's package, killable."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from deploy.commands import together
from deploy.postgres import databases
from deploy.postgres.account import Account
from deploy.processes import Daemon, children, descriptors, end
from deploy.texts import tail
from shared.errors import DatabaseUnavailableError

PID_FILE = "postmaster.pid"
LOG_FILE = "postgres.log"
PACKAGED = Path("/usr/lib/postgresql")
INITDB_DEADLINE = timedelta(seconds=60)
WORKERS_NOTICE = timedelta(seconds=5)
CTL_SECONDS = 60
CTL_DEADLINE = timedelta(seconds=CTL_SECONDS + 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlan:
    """Where the server keeps its data, and its port on 127.0.0.1."""

    place: str
    port: int


class PostgresServer:
    """The server of one folder. Every method may be called again: what is already so stays so.

    Anybody on this machine may connect, without a password; nobody else can. With `fsync` off, a committed
    row survives the death of the server but not that of the machine.
    """

    def __init__(
        self,
        *,
        plan: ServerPlan,
        account: Account,
        binaries: Path,
        fsync: bool,
        environment: Mapping[str, str],
    ) -> None:
        self._plan = plan
        self._account = account
        self._fsync = fsync
        self._environment = environment
        self._binaries = binaries

    @property
    def place(self) -> Path:
        """The folder with data and log."""
        return Path(self._plan.place)

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return self._plan.port

    def dsn(self, database: str = "postgres") -> str:
        """The address of one of its databases, for asyncpg and libpq."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def running(self) -> int | None:
        """The pid of the server while it runs."""
        return self._daemon().pid()

    async def start(self) -> None:
        """Start, on new data where there are none, and wait until ready; DatabaseUnavailableError if not."""
        if not self._data.exists():
            await self._initdb()
        if self.running() is None:
            await self._ctl("start", "-l", str(self.place / LOG_FILE), "-o", self._options())

    async def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """`fast` ends open transactions and writes all out; `immediate` is a crash of the whole server."""
        if self.running() is not None:
            await self._ctl("stop", "-m", mode)

    async def kill(self) -> None:
        """kill -9 the server; its workers notice and are gone, too, when this returns."""
        pid = self.running()
        if pid is None:
            return
        with descriptors(children(pid)) as workers:
            await self._daemon().end(grace=timedelta())
            await together(end(worker, grace=WORKERS_NOTICE) for worker in workers)
        # All are dead, yet init may not have collected the server: its next start would take it for alive.
        (self._data / PID_FILE).unlink(missing_ok=True)

    async def create_database(self, name: str) -> str:
        """A new, empty database; its DSN."""
        return await databases.create_database(self.dsn(), name)

    @property
    def _data(self) -> Path:
        return self.place / "data"

    def _daemon(self) -> Daemon:
        return Daemon(pid_file=self._data / PID_FILE, marker=str(self._data))

    def _options(self) -> str:
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "64MB",
            # Not synchronous_commit: off, a killed server loses rows that it called committed.
            "fsync": "on" if self._fsync else "off",
            "full_page_writes": "on" if self._fsync else "off",
        }
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    async def _initdb(self) -> None:
        """Beside its final name and renamed, so that an interrupted one is no half a server."""
        partial = self.place / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        argv = (str(self._binaries / "initdb"), *options, "-D", str(partial))
        outcome = await self._account.run(*argv, deadline=INITDB_DEADLINE, environment=self._environment)
        if outcome.status != 0:
            raise DatabaseUnavailableError(f"initdb failed: {outcome.output}")
        partial.rename(self._data)

    async def _ctl(self, command: str, *arguments: str) -> None:
        argv = (str(self._binaries / "pg_ctl"), command, "-w", "-t", str(CTL_SECONDS), "-D", str(self._data))
        outcome = await self._account.run(
            *argv, *arguments, deadline=CTL_DEADLINE, environment=self._environment
        )
        if outcome.status != 0:
            log = tail(self.place / LOG_FILE)
            raise DatabaseUnavailableError(
                f"pg_ctl {command} failed: {outcome.output}\nthe end of its log:\n{log}"
            )


def find_binaries() -> Path:
    """The folder of the newest packaged PostgreSQL; DatabaseUnavailableError when there is none."""
    found = [path.parent for path in PACKAGED.glob("*/bin/initdb") if path.parts[-3].isdigit()]
    if not found:
        raise DatabaseUnavailableError(f"no initdb in {PACKAGED}: install Debian's package postgresql")
    return max(found, key=lambda binaries: int(binaries.parent.name))
