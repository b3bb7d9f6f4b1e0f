"""Waiting for servers of ours that are gone: as long as it takes, visibly, and ready to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from shared.errors import UnavailableError
from shared.metrics import Metrics
from shared.retry import UNAVAILABLE, Randomness, RetryPolicy

T = TypeVar("T")
log = structlog.get_logger()


class Stopped(Exception):  # noqa: N818 - control flow, named for what happened
    """Asked to stop while waiting."""


@dataclass(slots=True, kw_only=True)
class Patience:
    """Repeats a call while it raises UnavailableError.

    `waiting_for` says why nothing moves; None while it does.
    """

    name: str
    metrics: Metrics
    random: Randomness
    stop: asyncio.Event
    policy: RetryPolicy = UNAVAILABLE
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """Called at every wait, such as to keep a membership alive; its UnavailableError is of no account."""
    waiting_for: str | None = None

    async def insist(self, call: Callable[[], Awaitable[T]]) -> T:
        """The call's result, however long its server is gone. Raises Stopped when asked to stop meanwhile."""
        tries = 0
        while True:
            try:
                result = await call()
            except UnavailableError as error:
                tries += 1
                await self.pause(str(error), tries)
            else:
                self._working()
                return result

    async def pause(self, why: str, tries: int) -> None:
        """Wait as the policy says after so many tries. Raises Stopped."""
        if self.waiting_for is None:
            log.warning("waiting", name=self.name, waiting_for=why)
        self.waiting_for = why
        self.metrics.waiting.labels(self.name).set(1)
        delay = self.policy.delay_after(tries, self.random)
        try:
            async with asyncio.timeout(delay.total_seconds() if delay else 0):
                await self.stop.wait()
        except TimeoutError:
            await self._meanwhile()
        else:
            raise Stopped

    async def _meanwhile(self) -> None:
        if self.meanwhile is None:
            return
        try:
            await self.meanwhile()
        except UnavailableError as error:
            log.debug("meanwhile_failed", name=self.name, error=str(error))

    def _working(self) -> None:
        if self.waiting_for is not None:
            log.info("resumed", name=self.name, waited_for=self.waiting_for)
            self.waiting_for = None
            self.metrics.waiting.labels(self.name).set(0)
