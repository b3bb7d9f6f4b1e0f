"""Storing what polls leave behind, many at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from shared.patience import Stopped
from shared.store.feed_states import Recording
from shared.waiting import until_set

MOST: Final = 200
LONGEST_WAIT: Final = timedelta(milliseconds=20)
"""How long the first of a batch waits for company: a commit costs more than all it holds."""
GRACE_SECONDS: Final = 5

Store = Callable[[Sequence[Recording]], Awaitable[None]]
"""Stores all of them or nothing, however long that takes; raises Stopped when asked to stop meanwhile."""


class Recorder:
    """Gathers the recordings of polls that end at the same time into one transaction."""

    def __init__(self, store: Store, *, grace: float = GRACE_SECONDS) -> None:
        self._store = store
        self._grace = grace
        self._pending: list[tuple[Recording, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    async def record(self, recording: Recording, *, urgent: bool = False) -> None:
        """Return once it is stored. Raises Stopped, and what is wrong with this recording, if anything is;
        an `urgent` one does not wait for company."""
        stored = asyncio.get_running_loop().create_future()
        self._pending.append((recording, stored))
        if urgent or len(self._pending) >= MOST:
            self._hurry.set()
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await stored

    async def close(self) -> None:
        """Let what is pending be stored; bounded in time, never raises. Who waits for what is not stored then
        gets Stopped."""
        self._hurry.set()
        if self._writing is not None and not self._writing.done():
            _, slow = await asyncio.wait({self._writing}, timeout=self._grace)
            for task in slow:
                task.cancel()

    async def _write(self) -> None:
        while self._pending:
            await self._company()
            batch, self._pending = self._pending[:MOST], self._pending[MOST:]
            try:
                await self._write_batch(batch)
            except asyncio.CancelledError:
                _fail([*batch, *self._pending], Stopped())
                raise

    async def _write_batch(self, batch: Sequence[tuple[Recording, asyncio.Future[None]]]) -> None:
        try:
            await self._store([recording for recording, _ in batch])
        except Stopped as stopped:
            _fail(batch, stopped)
        except Exception:  # noqa: BLE001 - one of them is at fault: it must not take the others with it
            await self._one_by_one(batch)
        else:
            for _, stored in batch:
                _finish(stored)

    async def _company(self) -> None:
        if len(self._pending) < MOST and not self._hurry.is_set():
            await until_set(self._hurry, LONGEST_WAIT)
        self._hurry.clear()

    async def _one_by_one(self, batch: Sequence[tuple[Recording, asyncio.Future[None]]]) -> None:
        for recording, stored in batch:
            try:
                await self._store([recording])
            except Exception as error:  # noqa: BLE001 - told to the poll that asked
                _fail([(recording, stored)], error)
            else:
                _finish(stored)


def _finish(stored: asyncio.Future[None]) -> None:
    if not stored.done():
        stored.set_result(None)


def _fail(batch: Sequence[tuple[Recording, asyncio.Future[None]]], error: Exception) -> None:
    for _, stored in batch:
        if not stored.done():
            stored.set_exception(error)
