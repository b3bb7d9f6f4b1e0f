"""Whose processes PostgreSQL's are: it refuses to run as root."""

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deploy.commands import Outcome, run
from shared.errors import DatabaseUnavailableError

UNPRIVILEGED = "postgres"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The user that owns the server: ourselves, or Debian's `postgres` where we are root."""

    switch: tuple[str, ...]
    uid: int
    gid: int

    async def run(self, *argv: str, deadline: timedelta, environment: Mapping[str, str]) -> Outcome:
        """Run a program as this user."""
        return await run((*self.switch, *argv), deadline=deadline, environment=environment)

    async def can_write(self, folder: Path, environment: Mapping[str, str]) -> bool:
        """True when this user can reach and fill `folder`: every folder above must let it through."""
        probe = await self.run(
            "test", "-w", str(folder), deadline=timedelta(seconds=10), environment=environment
        )
        return probe.status == 0


def server_account() -> Account:
    """The account for this machine; DatabaseUnavailableError for root where no user `postgres` exists."""
    if os.geteuid() != 0:
        return Account(switch=(), uid=os.geteuid(), gid=os.getegid())
    try:
        user = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise DatabaseUnavailableError("no user postgres, and PostgreSQL does not run as root") from None
    return Account(switch=("runuser", "-u", UNPRIVILEGED, "--"), uid=user.pw_uid, gid=user.pw_gid)
