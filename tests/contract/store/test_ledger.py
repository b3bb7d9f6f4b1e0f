"""The sums of the ledger."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from shared.db import Database
from shared.store.ledger import LedgerStore
from shared.tables import polls
from tests.samples import NOON


def _poll(**entries: int) -> dict[str, Any]:
    elapsed = timedelta(milliseconds=7) // timedelta(milliseconds=1)
    return {"feed_id": "f", "at": NOON, "outcome": "new_entries", "elapsed_ms": elapsed, "entries": entries}


async def test_an_empty_ledger_names_every_state_with_zero(database: Database) -> None:
    counts = await LedgerStore(database).counts()
    assert set(counts.values()) == {0}
    ingest = {"published", "revised", "unchanged", "duplicate", "too_old", "over_cap", "undecodable"}
    assert set(counts) == ingest | {"relevant", "off_topic", "notified", "held", "suppressed"}


async def test_entries_are_summed_over_all_polls(database: Database) -> None:
    async with database.write() as connection:
        rows = [_poll(published=3, unchanged=1), _poll(published=2, too_old=4), _poll()]
        await connection.execute(sa.insert(polls), rows)
    counts = await LedgerStore(database).counts()
    assert (counts["published"], counts["unchanged"], counts["too_old"], counts["revised"]) == (5, 1, 4, 0)
