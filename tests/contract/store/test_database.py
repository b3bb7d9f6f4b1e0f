"""What `Database` promises: exclusive transactions, cancellation that breaks nothing, one error."""

import asyncio
import random
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.postgres.databases import asyncpg_url
from deploy.postgres.server import PostgresServer
from shared.db import Database
from shared.errors import DatabaseUnavailableError
from shared.migrate import upgrade
from shared.ports import TopicPartition
from shared.store.stories import StoryStore
from shared.store.unfinished import UnfinishedRecords
from shared.tables import unfinished_records as table
from tests.contract.store.writer import count_up
from tests.samples import NOON, a_tagged_story, some_tags
from tests.waiting import until

ONE = TopicPartition("stories", 0)


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/pactwatch.db")
    await upgrade(database)
    yield database
    await database.close()


async def _starts(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(sa.select(table.c.starts))).scalar_one())


async def _write_in_another_process(database: Database, times: int) -> None:
    url = database.url.render_as_string(hide_password=False)
    argv = (sys.executable, "-m", "tests.contract.store.writer", url, str(times))
    process = await asyncio.create_subprocess_exec(*argv)
    assert await process.wait() == 0


async def test_writers_in_three_processes_lose_no_update_and_meet_no_lock_error(sqlite: Database) -> None:
    await UnfinishedRecords(sqlite, "g").begin({ONE: 0}, NOON)
    others = [_write_in_another_process(sqlite, 40) for _ in range(2)]
    await asyncio.gather(*others, *(count_up(sqlite) for _ in range(40)))
    assert await _starts(sqlite) == 1 + 3 * 40


async def test_transactions_that_read_before_they_write_wait_for_each_other(sqlite: Database) -> None:
    """Two databases on one file share no lock of ours, as two processes do not."""
    await UnfinishedRecords(sqlite, "g").begin({ONE: 0}, NOON)
    other = Database(sqlite.url.render_as_string(hide_password=False))
    try:
        await asyncio.gather(*(count_up(each) for _ in range(30) for each in (sqlite, other)))
    finally:
        await other.close()
    assert await _starts(sqlite) == 1 + 2 * 30


async def test_transactions_cancelled_at_any_moment_leave_the_database_free(database: Database) -> None:
    await UnfinishedRecords(database, "g").begin({ONE: 0}, NOON)
    chance = random.Random(7)
    for _ in range(60):
        task = asyncio.create_task(count_up(database))
        with suppress(TimeoutError):
            async with asyncio.timeout(chance.random() * 0.03):
                await asyncio.shield(task)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    async with asyncio.timeout(5):  # a lock left behind would be waited for much longer
        await count_up(database)


async def test_no_thread_outlives_a_closed_database(sqlite: Database) -> None:
    before = threading.active_count()

    async def one_left() -> bool:
        return threading.active_count() < before

    tasks = [asyncio.create_task(count_up(sqlite)) for _ in range(5)]
    await asyncio.wait(tasks, timeout=0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await sqlite.close()
    await until(one_left, what="the end of the connections' threads")


async def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    await UnfinishedRecords(database, "g").begin({ONE: 0}, NOON)
    async with database.read() as connection:
        first = (await connection.execute(sa.select(table.c.starts))).scalar_one()
        await count_up(database)
        assert (await connection.execute(sa.select(table.c.starts))).scalar_one() == first
    assert await _starts(database) == first + 1


async def test_a_statement_that_is_wrong_is_not_taken_for_an_unavailable_database(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        async with database.write() as connection:
            await connection.execute(sa.text("SELECT * FROM nowhere"))


async def test_a_file_that_cannot_be_opened_or_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"no database" * 1000)
    for path in (tmp_path / "absent" / "folder.db", tmp_path / "noise"):
        database = Database(f"sqlite+aiosqlite:///{path}")
        try:
            with pytest.raises(DatabaseUnavailableError):
                await database.check()
        finally:
            await database.close()


@pytest.fixture
async def killable(
    killable_postgres: PostgresServer, request: pytest.FixtureRequest
) -> AsyncIterator[Database]:
    """A migrated database on a server that may be killed; it runs again afterwards."""
    name = f"killable_{abs(hash(request.node.name))}"
    database = Database(asyncpg_url(await killable_postgres.create_database(name)))
    await upgrade(database)
    yield database
    await database.close()
    await killable_postgres.start()


async def test_a_server_killed_within_a_transaction_is_unavailable_and_keeps_nothing_of_it(
    killable: Database, killable_postgres: PostgresServer
) -> None:
    await UnfinishedRecords(killable, "g").begin({ONE: 0}, NOON)

    async def killed_halfway() -> None:
        async with killable.write() as connection:
            await connection.execute(sa.update(table).values(starts=100))
            await killable_postgres.kill()
            await connection.execute(sa.update(table).values(starts=101))

    with pytest.raises(DatabaseUnavailableError):
        await killed_halfway()
    with pytest.raises(DatabaseUnavailableError):
        await killable.check()
    await killable_postgres.start()
    assert await _starts(killable) == 1


async def test_a_server_killed_while_it_works_on_a_statement_is_unavailable(
    killable: Database, killable_postgres: PostgresServer
) -> None:
    async def wait_long() -> None:
        async with killable.write() as connection:
            await connection.execute(sa.text("SELECT pg_sleep(15)"))

    async def asleep() -> bool:
        async with killable.read() as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'"
            return bool((await connection.execute(sa.text(query))).scalar_one())

    task = asyncio.create_task(wait_long())
    await until(asleep, what="the statement")
    await killable_postgres.stop("immediate")
    with pytest.raises(DatabaseUnavailableError):
        await task


async def test_the_same_store_works_again_once_its_server_is_back(
    killable: Database, killable_postgres: PostgresServer
) -> None:
    stories = StoryStore(killable)
    off_topic = a_tagged_story(tags=some_tags(relevant=False))
    await killable_postgres.kill()
    with pytest.raises(DatabaseUnavailableError):
        await stories.record(off_topic, None)
    await killable_postgres.start()
    await stories.record(off_topic, None)
    assert await stories.count() == 1


async def test_a_write_that_waits_too_long_for_others_blames_the_database_not_its_record(
    sqlite: Database,
) -> None:
    """Else a slow disk would use up the deadline of every record in turn, and give them up one by one."""
    database = Database(sqlite.url.render_as_string(hide_password=False), turn_seconds=0.05)
    try:
        async with database.write():
            with pytest.raises(DatabaseUnavailableError, match="other writes have not ended"):
                async with database.write():
                    pytest.fail("two writes at once")
        await UnfinishedRecords(database, "g").begin({ONE: 0}, NOON)
        assert await _starts(database) == 1
    finally:
        await database.close()
