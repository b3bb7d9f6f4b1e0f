"""A process of its own that counts a row up, transaction by transaction: `python -m … URL TIMES`."""

import asyncio
import sys

import sqlalchemy as sa

from shared.db import Database
from shared.tables import unfinished_records as table


async def count_up(database: Database) -> None:
    """Read, then write, in one transaction; two that overlap would lose a count or fail."""
    async with database.write() as connection:
        starts = (await connection.execute(sa.select(table.c.starts))).scalar_one()
        await connection.execute(sa.update(table).values(starts=starts + 1))


async def main(url: str, times: int) -> None:
    database = Database(url)
    try:
        for _ in range(times):
            await count_up(database)
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
