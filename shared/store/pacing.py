"""Turns at servers that are not ours: the pause between two starts at one domain, kept across processes."""

from datetime import datetime, timedelta
from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.model.feed import DomainHold
from shared.store.domains import put_hold
from shared.store.upsert import insert_into
from shared.tables import domain_holds, domain_starts

FAR_AHEAD: Final = timedelta(minutes=15)
"""Nobody reserves a turn further ahead: one that is, a clock that was wrong reserved."""

LONGEST_HOLD: Final = timedelta(hours=24)
"""Nobody is promised more patience; one that lasts longer, a clock that was wrong promised."""

FORGOTTEN: Final = timedelta(days=1)
"""Older starts matter to nobody: addresses come from strangers, who could name domains without end."""

_CLOCKS_DIFFER: Final = timedelta(minutes=1)
_NEVER: Final = timedelta(days=36_500)
_FORGOTTEN_AT_ONCE: Final = 100


class PacingStore:
    """Starts at domains, and holds learnt there. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(
        self,
        domain: str,
        *,
        pause: timedelta,
        now: datetime,
        latest: datetime,
        not_before: datetime | None = None,
    ) -> datetime | Literal["late", "held"]:
        """The moment from which this domain may be asked, which nobody else is given.

        At least `pause` after the one before, and not before `not_before`. "held" while the domain asked for
        patience, "late" if its next turn comes after `latest`; neither reserves anything.
        """
        async with self._database.write() as connection:
            if await _held_until(connection, domain, now) is not None:
                return "held"
            last = await _last_start(connection, domain, now)
            free = last + pause if last <= now + FAR_AHEAD else now
            start = max(now, free, not_before or now)
            if start > latest:
                return "late"
            mine = domain_starts.c.domain == domain
            await connection.execute(sa.update(domain_starts).where(mine).values(started_at=start))
            await _forget(connection, now - FORGOTTEN)
            return start

    async def held(self, domain: str, now: datetime) -> bool:
        """Whether the domain asked for patience that is not over: it may have, since a turn was reserved."""
        async with self._database.read() as connection:
            return await _held_until(connection, domain, now) is not None

    async def hold(self, hold: DomainHold) -> None:
        """Ask this domain nothing until then, or until later if that was said before and can be true."""
        mine = domain_holds.c.domain == hold.domain
        impossible = domain_holds.c.until > hold.until + LONGEST_HOLD
        async with self._database.write() as connection:
            await connection.execute(sa.delete(domain_holds).where(mine, impossible))
            await put_hold(connection, hold)


async def _held_until(connection: AsyncConnection, domain: str, now: datetime) -> datetime | None:
    until = domain_holds.c.until
    held = sa.select(until).where(
        domain_holds.c.domain == domain, until > now, until <= now + LONGEST_HOLD + _CLOCKS_DIFFER
    )
    found: datetime | None = (await connection.execute(held)).scalar_one_or_none()
    return found


async def _last_start(connection: AsyncConnection, domain: str, now: datetime) -> datetime:
    """Locks the domain's row, made if it is missing: PostgreSQL cannot lock one that is not there."""
    statement = insert_into(connection, domain_starts).values(domain=domain, started_at=now - _NEVER)
    locking = statement.on_conflict_do_update(
        index_elements=[domain_starts.c.domain], set_={"domain": statement.excluded.domain}
    )
    last: datetime = (await connection.execute(locking.returning(domain_starts.c.started_at))).scalar_one()
    return last


async def _forget(connection: AsyncConnection, before: datetime) -> None:
    old = (
        sa.select(domain_starts.c.domain)
        .where(domain_starts.c.started_at < before)
        .limit(_FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await connection.execute(sa.delete(domain_starts).where(domain_starts.c.domain.in_(old)))
