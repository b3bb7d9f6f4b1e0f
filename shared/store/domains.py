"""Servers that asked for patience."""

from datetime import datetime

import sqlalchemy as sa

from shared.db import Database
from shared.model.feed import DomainHold
from shared.store.storable import storable_text
from shared.store.upsert import insert_into
from shared.tables import domain_holds


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

    async def hold(self, hold: DomainHold) -> None:
        """Ask this domain nothing until then; a hold that lasts longer stays as it is."""
        row = {"domain": hold.domain, "until": hold.until, "reason": storable_text(hold.reason)}
        async with self._database.write() as connection:
            insert = insert_into(connection, domain_holds)
            new = insert.excluded
            longer = insert.on_conflict_do_update(
                index_elements=[domain_holds.c.domain],
                set_={"until": new.until, "reason": new.reason},
                where=new.until > domain_holds.c.until,
            )
            await connection.execute(longer, [row])
