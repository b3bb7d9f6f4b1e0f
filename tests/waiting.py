"""Waiting for what should happen, with a deadline, and never longer than it takes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

DEADLINE = 30.0
LOOK_EVERY = 0.02


async def until(
    condition: Callable[[], Awaitable[bool]], *, seconds: float = DEADLINE, what: str = "the condition"
) -> None:
    """Return once the condition holds; AssertionError naming `what` when it does not come in time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not await condition():
        assert loop.time() < deadline, f"{what} did not come within {seconds:g} s"
        await rest(LOOK_EVERY)


async def rest(seconds: float) -> None:
    """Let others run for so long: to look again, or for chaos at random moments; never to give it time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().create_future()
