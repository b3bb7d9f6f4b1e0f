"""Storing what polls leave behind, many at a time."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from services.ingest.recorder import MOST, Recorder
from shared.model.feed import FeedState, Poll, Validators
from shared.patience import Stopped
from shared.store.feed_states import Recording

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)


def recording(feed: str) -> Recording:
    poll = Poll(feed_id=feed, at=NOW, outcome="not_modified", status=304, elapsed=timedelta(), entries={})
    return Recording(state=FeedState(feed_id=feed, validators=Validators(), next_poll_at=NOW), poll=poll)


class Shelf:
    """Keeps batches; refuses those with a feed named bad, and everything once stopped."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.stopped = False

    async def store(self, recordings: Sequence[Recording]) -> None:
        if self.stopped:
            raise Stopped
        names = [each.state.feed_id for each in recordings]
        if "bad" in names:
            raise ValueError("bad")
        self.batches.append(names)


async def test_polls_that_end_together_share_a_transaction() -> None:
    shelf = Shelf()
    recorder = Recorder(shelf.store)
    await asyncio.gather(*(recorder.record(recording(str(number))) for number in range(MOST + 50)))
    assert [len(batch) for batch in shelf.batches] == [MOST, 50]
    assert sorted(chain.from_iterable(shelf.batches)) == sorted(str(number) for number in range(MOST + 50))


async def test_an_urgent_one_does_not_wait() -> None:
    shelf = Shelf()
    await asyncio.wait_for(Recorder(shelf.store).record(recording("a"), urgent=True), 5)
    assert shelf.batches == [["a"]]


async def test_one_that_cannot_be_stored_does_not_take_the_others_with_it() -> None:
    shelf = Shelf()
    recorder = Recorder(shelf.store)
    names = ("a", "bad", "b")
    results = await asyncio.gather(
        *(recorder.record(recording(name)) for name in names), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    assert shelf.batches == [["a"], ["b"]]


async def test_whoever_waits_is_told_when_it_is_stopped() -> None:
    shelf = Shelf()
    shelf.stopped = True
    with pytest.raises(Stopped):
        await Recorder(shelf.store).record(recording("a"))


async def test_whoever_waits_for_a_database_that_hangs_is_told_at_the_end() -> None:
    async def hang(_: Sequence[Recording]) -> None:
        await asyncio.Event().wait()

    recorder = Recorder(hang, grace=0.01)
    waiting = [asyncio.create_task(recorder.record(recording(name), urgent=True)) for name in "ab"]
    await asyncio.wait(waiting, timeout=0)
    await recorder.close()
    results = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 5)
    assert [type(result) for result in results] == [Stopped, Stopped]


async def test_whoever_waits_while_they_are_stored_one_by_one_is_told_at_the_end() -> None:
    async def hang_alone(recordings: Sequence[Recording]) -> None:
        if len(recordings) > 1:
            raise ValueError("bad")
        await asyncio.Event().wait()

    recorder = Recorder(hang_alone, grace=0.01)
    waiting = [asyncio.create_task(recorder.record(recording(name), urgent=True)) for name in "ab"]
    await asyncio.wait(waiting, timeout=0)
    await recorder.close()
    results = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 5)
    assert [type(result) for result in results] == [Stopped, Stopped]


async def test_a_poll_that_was_cut_off_does_not_disturb_the_others() -> None:
    shelf = Shelf()
    recorder = Recorder(shelf.store)
    cut = asyncio.create_task(recorder.record(recording("cut")))
    other = asyncio.create_task(recorder.record(recording("other")))
    await asyncio.wait({cut}, timeout=0)
    cut.cancel()
    await asyncio.wait_for(other, 5)
    await recorder.close()
    assert "other" in chain.from_iterable(shelf.batches)
