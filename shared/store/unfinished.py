"""Which records a consumer group began and did not finish, so that one that kills its process is noticed."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import Database
from shared.ports import TopicPartition
from shared.store.upsert import insert_into
from shared.tables import unfinished_records as table


class UnfinishedRecords:
    """The marks of one consumer group, kept in the database so that they survive the process."""

    def __init__(self, database: Database, group: str) -> None:
        self._database = database
        self._group = group

    async def begin(
        self, firsts: Mapping[TopicPartition, int], now: datetime
    ) -> Mapping[TopicPartition, int]:
        """Mark each partition as begun at that offset; answer how often in a row it was begun there.

        Raises DatabaseUnavailableError.
        """
        async with self._database.write() as connection:
            return {
                partition: await self._mark(connection, partition, firsts[partition], now)
                for partition in sorted(firsts)  # one order for all, so that two members cannot deadlock
            }

    async def done(self, partitions: Collection[TopicPartition]) -> None:
        """Forget the marks of these partitions. Raises DatabaseUnavailableError."""
        async with self._database.write() as connection:
            for topic, partition in sorted(partitions):
                mine = (table.c.consumer_group == self._group, table.c.topic == topic)
                await connection.execute(sa.delete(table).where(*mine, table.c.partition == partition))

    async def _mark(
        self, connection: AsyncConnection, partition: TopicPartition, first: int, now: datetime
    ) -> int:
        statement = insert_into(connection, table).values(
            consumer_group=self._group,
            topic=partition.topic,
            partition=partition.partition,
            first_offset=first,
            starts=1,
            started_at=now,
        )
        again = table.c.first_offset == statement.excluded.first_offset
        marked = await connection.execute(
            statement.on_conflict_do_update(
                index_elements=[table.c.consumer_group, table.c.topic, table.c.partition],
                set_={
                    "first_offset": statement.excluded.first_offset,
                    "starts": sa.case((again, table.c.starts + 1), else_=1),
                    "started_at": statement.excluded.started_at,
                },
            ).returning(table.c.starts)
        )
        return int(marked.scalar_one())
