"""The sums of the ledger."""

from dataclasses import replace

from shared.db import Database
from shared.model.feed import EntryState
from shared.store.feed_states import FeedStateStore, Recording
from shared.store.feeds import FeedStore
from shared.store.ledger import LedgerStore
from tests.contract.store.feed_samples import NOW, feed, poll, state


def _recording(number: int, totals: dict[EntryState, int]) -> Recording:
    after = replace(state(feed(number)), totals=totals)
    return Recording(state=after, poll=replace(poll(feed(number)), entries={}))


async def test_an_empty_ledger_names_every_state_with_zero(database: Database) -> None:
    counts = await LedgerStore(database).counts()
    assert set(counts.values()) == {0}
    ingest = {"published", "revised", "unchanged", "duplicate", "too_old", "over_cap", "undecodable"}
    assert set(counts) == ingest | {"relevant", "off_topic", "notified", "held", "suppressed"}


async def test_entries_are_summed_over_all_feeds_and_all_polls_there_ever_were(database: Database) -> None:
    feeds, states = FeedStore(database), FeedStateStore(database)
    removed = await feeds.add(feed(2), NOW)
    await states.record([_recording(1, {"published": 300, "unchanged": 1}), _recording(2, {"published": 2})])
    await states.record([_recording(1, {"published": 301, "unchanged": 1}), _recording(3, {"too_old": 4})])
    await feeds.remove(removed.id)
    counts = await LedgerStore(database).counts()
    assert (counts["published"], counts["unchanged"], counts["too_old"], counts["revised"]) == (303, 1, 4, 0)
