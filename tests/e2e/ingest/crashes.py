"""Polls that are cut off in the middle, as a crash of the process would."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from shared.model.feed import Feed
from shared.ports import OutgoingRecord
from tests.e2e.ingest.play import Play
from tests.unit.services.ingest.desk import FakePublisher
from tests.waiting import rest

LONGEST_WRITE = 10.0
Moment = Literal["before publishing", "after publishing"]


class CrashingPublisher(FakePublisher):
    """At the `moment` told it stops for ever and sets `stopped`."""

    def __init__(self) -> None:
        super().__init__()
        self.moment: Moment | None = None
        self.stopped = asyncio.Event()

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        if self.moment == "before publishing":
            await self._stop()
        await super().publish(records)
        if self.moment == "after publishing":
            await self._stop()

    async def _stop(self) -> None:
        self.stopped.set()
        await asyncio.get_running_loop().create_future()


async def crash(play: Play, publisher: CrashingPublisher, feed: Feed, when: Moment | float) -> bool:
    """Poll and be cut off at that moment or after so many seconds, then restart; False if it ended before."""
    others = asyncio.all_tasks()
    publisher.stopped.clear()
    publisher.moment = None if isinstance(when, float) else when
    polling = asyncio.create_task(play.poll(feed))
    waiting = asyncio.create_task(_reached(publisher, when))
    await asyncio.wait({polling, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finished = polling.done()
    for task in (polling, waiting):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    publisher.moment = None
    # What was being written then is written or not before a new process could read it.
    if writing := asyncio.all_tasks() - others - play.origin.conversations:
        await asyncio.wait(writing, timeout=LONGEST_WRITE)
    play.restart()
    return not finished


async def _reached(publisher: CrashingPublisher, when: Moment | float) -> None:
    if isinstance(when, float):
        await rest(when)
    else:
        await publisher.stopped.wait()
