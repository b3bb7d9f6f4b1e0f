"""Sends what is due: claim ▸ POST ▸ settle, many at once, one endpoint never in another's way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from services.api.dependencies import DeliveryQueue, HttpSender
from services.api.outcome import Answered, DeliveryPolicy, Unanswered, decide
from services.api.sealing import Sealer
from services.api.sending import Tried, try_once
from shared.errors import UnavailableError
from shared.metrics import Metrics
from shared.model.outcome import Delivered, DeliveryOutcome
from shared.model.times import Clock
from shared.retry import UNAVAILABLE, Randomness, RetryPolicy
from shared.store.delivery_rows import ClaimedDelivery
from shared.waiting import until_set

WAITING = "dispatch"
"""The label under which the metric `waiting` shows that the dispatcher waits for its database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchLimits:
    """How much at once and how long: `deadline` bounds one POST and must be well below `lease`, after which
    another dispatcher takes over; `poll` is how late a missed wake-up may be noticed; `gather` is how long
    finished deliveries are gathered, so that one claim refills for many."""

    concurrency: int = 100
    per_endpoint: int = 5
    deadline: timedelta = timedelta(seconds=15)
    lease: timedelta = timedelta(seconds=60)
    poll: timedelta = timedelta(seconds=1)
    gather: timedelta = timedelta(milliseconds=20)
    policy: DeliveryPolicy = field(default_factory=DeliveryPolicy)
    unavailable: RetryPolicy = UNAVAILABLE


class Dispatcher:
    """One sender of deliveries; any number of them may share a database, each with its own `owner`."""

    def __init__(
        self,
        *,
        owner: str,
        queue: DeliveryQueue,
        client: HttpSender,
        sealer: Sealer,
        clock: Clock,
        random: Randomness,
        metrics: Metrics,
        limits: DispatchLimits,
    ) -> None:
        self._owner = owner
        self._queue = queue
        self._client = client
        self._sealer = sealer
        self._clock = clock
        self._random = random
        self._metrics = metrics
        self._limits = limits
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._in_flight: set[asyncio.Task[None]] = set()
        self._stuck = 0
        self._failures = 0
        self._log = structlog.get_logger().bind(owner=owner)

    def wake(self) -> None:
        """Something was enqueued: look at once."""
        self._wake.set()

    def stop(self) -> None:
        """Let `run` return as soon as what is under way is finished."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Send until `stop`, then finish what is under way; the database may come and go meanwhile.

        A fault in sending one delivery is logged and leaves that one to its lease. Cancelling abandons what
        is under way: the leases end, and somebody else sends it again.
        """
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                for claimed in await self._claim():
                    self._start(claimed)
                await until_set(self._wake, self._limits.poll)
                await until_set(self._stopping, self._limits.gather)
            if self._in_flight:
                await asyncio.wait(self._in_flight)
        finally:
            await self._abandon()

    async def _claim(self) -> Sequence[ClaimedDelivery]:
        free = self._limits.concurrency - len(self._in_flight)
        # While a result of ours cannot be stored its lease may end, and claiming would send it again.
        if free <= 0 or self._stuck:
            return ()
        try:
            claimed = await self._queue.claim(
                owner=self._owner,
                now=self._clock(),
                limit=free,
                lease=self._limits.lease,
                per_subscription=self._limits.per_endpoint,
            )
        except UnavailableError as error:
            await self._outlast(error)
            return ()
        if self._failures:
            self._log.info("dispatch_resumed", failures=self._failures)
        self._failures = 0
        self._metrics.waiting.labels(group=WAITING).set(0)
        return claimed

    async def _outlast(self, error: UnavailableError) -> None:
        self._failures += 1
        self._metrics.waiting.labels(group=WAITING).set(1)
        if self._failures == 1:
            self._log.warning("dispatch_waiting", error=str(error))
        await self._pause(self._failures)

    async def _pause(self, failures: int) -> None:
        delay = self._limits.unavailable.delay_after(failures, self._random)
        await until_set(self._stopping, delay or self._limits.poll)

    def _start(self, claimed: ClaimedDelivery) -> None:
        task = asyncio.create_task(self._deliver(claimed), name=f"deliver {claimed.delivery.id}")
        self._in_flight.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        self._wake.set()
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._log.error("delivery_fault", task=task.get_name(), exc_info=fault)

    async def _abandon(self) -> None:
        abandoned = tuple(self._in_flight)
        for task in abandoned:
            task.cancel()
        await asyncio.gather(*abandoned, return_exceptions=True)

    async def _deliver(self, claimed: ClaimedDelivery) -> None:
        tried = await try_once(
            claimed,
            client=self._client,
            sealer=self._sealer,
            clock=self._clock,
            deadline=self._limits.deadline,
        )
        now = self._clock()
        outcome = decide(
            tried.result,
            attempts=claimed.delivery.attempts + 1,
            now=now,
            policy=self._limits.policy,
            random=self._random,
        )
        settled = await self._settle(claimed, tried, outcome, now)
        self._tell(claimed, tried, outcome, settled=settled)

    async def _settle(
        self, claimed: ClaimedDelivery, tried: Tried, outcome: DeliveryOutcome, now: datetime
    ) -> bool:
        """Whether the outcome was stored as ours; gives up only when stopping, and then the lease ends."""
        failures = 0
        try:
            while True:
                try:
                    return await self._queue.settle(claimed.delivery, tried.attempt, outcome, now)
                except UnavailableError:
                    failures += 1
                    if failures == 1:
                        self._stuck += 1
                if self._stopping.is_set():
                    return False
                await self._pause(failures)
        finally:
            if failures:
                self._stuck -= 1

    def _tell(
        self, claimed: ClaimedDelivery, tried: Tried, outcome: DeliveryOutcome, *, settled: bool
    ) -> None:
        name = type(outcome).__name__
        status = _status_class(tried.result)
        self._metrics.webhook_attempts.labels(outcome=name, status_class=status).inc()
        self._metrics.webhook_attempt_seconds.observe(tried.attempt.elapsed.total_seconds())
        if settled and isinstance(outcome, Delivered):
            age = self._clock() - claimed.message.created_at
            self._metrics.webhook_delivery_age_seconds.observe(max(age.total_seconds(), 0))
        self._log.info(
            "delivery_tried",
            delivery=claimed.delivery.id,
            message=claimed.message.id,
            subscription=claimed.subscription.id,
            attempt=tried.attempt.number,
            status=tried.attempt.status,
            error=tried.attempt.error,
            outcome=name,
            settled=settled,
        )


def _status_class(result: Answered | Unanswered) -> str:
    return f"{result.status // 100}xx" if isinstance(result, Answered) else "none"
