"""Servers that asked for patience, and those that were asked a moment ago."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.model.feed import DomainHold
from shared.store.storable import storable_text
from shared.store.upsert import insert_into
from shared.tables import domain_holds, domain_starts


class DomainStore:
    """Holds of whole domains. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def holds(self, now: datetime) -> tuple[DomainHold, ...]:
        """Those not over yet, in order of domain."""
        query = sa.select(domain_holds).where(domain_holds.c.until > now).order_by(domain_holds.c.domain)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(DomainHold(**row) for row in rows)

    async def spared(self, now: datetime, pause: timedelta) -> Mapping[str, datetime]:
        """The domains that are to be left alone, and until when: because of a hold, or because `pause` is not
        over since the last page of a story was asked for there (a turn reserved ahead counts too)."""
        held = sa.select(domain_holds.c.domain, domain_holds.c.until).where(domain_holds.c.until > now)
        started = sa.select(domain_starts.c.domain, domain_starts.c.started_at).where(
            domain_starts.c.started_at > now - pause
        )
        async with self._database.read() as connection:
            until = {domain: at + pause for domain, at in (await connection.execute(started)).all()}
            for domain, end in (await connection.execute(held)).all():
                until[domain] = max(end, until.get(domain, end))
        return until

    async def hold(self, hold: DomainHold) -> None:
        """Ask this domain nothing until then; a hold that lasts longer stays as it is."""
        async with self._database.write() as connection:
            await put_hold(connection, hold)


async def put_hold(connection: AsyncConnection, hold: DomainHold) -> None:
    """Store the hold within a transaction; one that lasts longer stays as it is."""
    row = {"domain": hold.domain, "until": hold.until, "reason": storable_text(hold.reason)}
    insert = insert_into(connection, domain_holds)
    new = insert.excluded
    longer = insert.on_conflict_do_update(
        index_elements=[domain_holds.c.domain],
        set_={"until": new.until, "reason": new.reason},
        where=new.until > domain_holds.c.until,
    )
    await connection.execute(longer, [row])
