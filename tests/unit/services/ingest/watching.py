"""A poller at work, and what to wait for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from services.ingest.poller import Poller
from shared.model.feed import Feed
from tests.unit.services.ingest.desk import Desk


@asynccontextmanager
async def running(desk: Desk, **policy: object) -> AsyncIterator[Poller]:
    changed = {"pause": timedelta(), **policy}
    poller = desk.poller(replace(desk.policy, **changed))  # type: ignore[arg-type]  # named by each test
    stop = asyncio.Event()
    task = asyncio.create_task(poller.run(stop))
    try:
        yield poller
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


def asked(desk: Desk, path: str, times: int = 1) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return len(desk.origin.asked(path)) >= times

    return check


def known(desk: Desk, feed: Feed) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return feed.id in await desk.states.states([feed.id])

    return check
