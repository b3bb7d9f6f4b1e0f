"""Parts of a process live and end together."""

import asyncio

import pytest

from shared.errors import InputError, TransientError
from shared.lifecycle import live_together

DEADLINE = 10


async def _until(stop: asyncio.Event, ended: list[str], name: str) -> None:
    await stop.wait()
    ended.append(name)


async def test_every_part_ends_when_told_to_stop() -> None:
    stop, ended = asyncio.Event(), list[str]()
    living = asyncio.create_task(live_together(stop, _until(stop, ended, "a"), _until(stop, ended, "b")))
    stop.set()
    await asyncio.wait_for(living, DEADLINE)
    assert sorted(ended) == ["a", "b"]


async def test_a_part_that_fails_ends_the_others_in_good_order_and_is_told() -> None:
    stop, ended = asyncio.Event(), list[str]()

    async def fail() -> None:
        raise InputError("no port")

    with pytest.raises(InputError, match="no port"):
        await asyncio.wait_for(live_together(stop, _until(stop, ended, "other"), fail()), DEADLINE)
    assert ended == ["other"]


async def test_a_part_that_ends_by_itself_ends_the_others_and_is_no_success() -> None:
    stop, ended = asyncio.Event(), list[str]()

    async def end() -> None:
        return

    with pytest.raises(TransientError, match="end ended without being told to"):
        await asyncio.wait_for(live_together(stop, _until(stop, ended, "other"), end()), DEADLINE)
    assert ended == ["other"]


async def test_cancelling_leaves_no_part_behind() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def deaf() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    living = asyncio.create_task(live_together(asyncio.Event(), deaf()))
    await asyncio.wait_for(begun.wait(), DEADLINE)
    living.cancel()
    with pytest.raises(asyncio.CancelledError):
        await living
    await asyncio.wait_for(ended.wait(), DEADLINE)
