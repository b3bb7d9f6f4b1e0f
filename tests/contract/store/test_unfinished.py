"""Marks of records that were begun: they survive, and they count."""

from datetime import timedelta

from shared.db import Database
from shared.ports import TopicPartition
from shared.quarantine import UnfinishedRecords as UnfinishedRecordsPort
from shared.store.unfinished import UnfinishedRecords
from tests.samples import NOON

ONE, TWO = TopicPartition("stories", 0), TopicPartition("stories", 1)


async def test_beginning_at_the_same_offset_again_counts_and_elsewhere_starts_over(
    database: Database,
) -> None:
    records: UnfinishedRecordsPort = UnfinishedRecords(database, "tag")
    assert await records.begin({ONE: 5, TWO: 0}, NOON) == {ONE: 1, TWO: 1}
    assert await records.begin({ONE: 5, TWO: 3}, NOON + timedelta(seconds=1)) == {ONE: 2, TWO: 1}
    assert await records.begin({ONE: 5}, NOON) == {ONE: 3}
    assert await records.begin({ONE: 6}, NOON) == {ONE: 1}


async def test_what_is_done_is_forgotten_and_the_rest_is_not(database: Database) -> None:
    records = UnfinishedRecords(database, "tag")
    await records.begin({ONE: 5, TWO: 7}, NOON)
    await records.done([ONE])
    await records.done([ONE])
    assert await records.begin({ONE: 5, TWO: 7}, NOON) == {ONE: 1, TWO: 2}


async def test_groups_do_not_see_each_others_marks(database: Database) -> None:
    await UnfinishedRecords(database, "tag").begin({ONE: 5}, NOON)
    assert await UnfinishedRecords(database, "correlate").begin({ONE: 5}, NOON) == {ONE: 1}


async def test_the_marks_survive_their_process(database: Database) -> None:
    await UnfinishedRecords(database, "tag").begin({ONE: 2**40}, NOON)
    reopened = Database(database.url.render_as_string(hide_password=False))
    try:
        assert await UnfinishedRecords(reopened, "tag").begin({ONE: 2**40}, NOON) == {ONE: 2}
    finally:
        await reopened.close()
