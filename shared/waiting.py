"""Waiting for an event, but not for ever."""

import asyncio
from contextlib import suppress
from datetime import timedelta


async def until_set(event: asyncio.Event, longest: timedelta) -> None:
    """Return when the event is set, or after `longest`."""
    with suppress(TimeoutError):
        async with asyncio.timeout(longest.total_seconds()):
            await event.wait()
