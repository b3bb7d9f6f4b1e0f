"""One record through its handler: its results, or the failure that makes it a dead letter."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.dead_letter import Failure
from shared.errors import MalformedError, RecordTooLargeError, UnavailableError
from shared.messages import MAX_VALUE_BYTES
from shared.model.times import Clock
from shared.ports import OutgoingRecord, StreamRecord
from shared.retry import HANDLER, Randomness, RetryPolicy

Handler = Callable[[StreamRecord], Awaitable[Sequence[OutgoingRecord]]]
"""Does one record's effects, idempotently, and returns what is to be published because of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingPolicy:
    """How often and how long a record is tried."""

    retry: RetryPolicy = HANDLER
    deadline: timedelta = timedelta(minutes=3)
    """Includes waiting for a free worker behind others that take their full time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """Runs a handler under a policy. UnavailableError passes through: the record is not to blame for it."""

    handler: Handler
    policy: HandlingPolicy
    clock: Clock
    random: Randomness

    async def run(self, record: StreamRecord) -> Sequence[OutgoingRecord] | Failure:
        """Try until the handler succeeds or the policy gives up. Raises UnavailableError."""
        first_at = self.clock()
        attempts = 0
        while True:
            attempts += 1
            try:
                return await self._once(record)
            except UnavailableError:
                raise
            except MalformedError as error:
                return self._failure(error, attempts, first_at)
            except Exception as error:  # noqa: BLE001 - a handler's bug must cost one record, not the partition
                delay = self.policy.retry.delay_after(attempts, self.random)
                if delay is None:
                    return self._failure(error, attempts, first_at)
                await asyncio.sleep(delay.total_seconds())

    async def _once(self, record: StreamRecord) -> Sequence[OutgoingRecord]:
        async with asyncio.timeout(self.policy.deadline.total_seconds()):
            results = await self.handler(record)
        for result in results:
            if len(result.value) > MAX_VALUE_BYTES:
                raise RecordTooLargeError(f"{len(result.value)} bytes for {result.topic}")
        return results

    def _failure(self, error: Exception, attempts: int, first_at: datetime) -> Failure:
        return Failure(
            error=type(error).__name__,
            message=str(error) or type(error).__name__,
            attempts=attempts,
            first_at=first_at,
            last_at=self.clock(),
        )
