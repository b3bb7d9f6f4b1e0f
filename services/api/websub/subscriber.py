"""Keeps our subscriptions at hubs alive: leave ▸ claim ▸ ask ▸ settle, again and again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from services.api.dependencies import HttpSender
from services.api.sealing import Sealer
from services.api.websub.asking import ask
from services.api.websub.policy import HubPolicy, after_request, mode_for
from shared.errors import SettingsError
from shared.http.addresses import AddressPolicy
from shared.metrics import Metrics
from shared.model.times import Clock
from shared.model.websub import HubSubscription
from shared.patience import Patience, Stopped
from shared.retry import Randomness
from shared.waiting import until_set

log = structlog.get_logger()


class DueSubscriptions(Protocol):
    """Subscriptions something is to be done about, shared with other processes."""

    async def leave_unwatched(self, now: datetime, /) -> None: ...
    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[HubSubscription]: ...
    async def settle(self, claimed: HubSubscription, after: HubSubscription | None, /) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingLimits:
    """`at_once`: how many hubs are asked together. `lease`: how long a request may take, redirects and all,
    before another process may try. `poll`: how late something due may be noticed."""

    at_once: int = 10
    lease: timedelta = timedelta(minutes=2)
    poll: timedelta = timedelta(seconds=15)


class HubSubscriber:
    """Asks hubs; any number of them may share a database. `public_url` is where hubs reach our callback."""

    def __init__(
        self,
        *,
        store: DueSubscriptions,
        client: HttpSender,
        addresses: AddressPolicy,
        sealer: Sealer,
        public_url: str,
        clock: Clock,
        random: Randomness,
        metrics: Metrics,
        policy: HubPolicy | None = None,
        limits: AskingLimits | None = None,
    ) -> None:
        self._store = store
        self._client = client
        self._addresses = addresses
        self._sealer = sealer
        self._public_url = public_url
        self._clock = clock
        self._random = random
        self._metrics = metrics
        self._policy = policy or HubPolicy()
        self._limits = limits or AskingLimits()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something may be due: look at once."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until `stop` is set; the database may come and go meanwhile."""
        patience = Patience(name="hubs", metrics=self._metrics, random=self._random, stop=stop)
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: self._wake.set())
        try:
            while not stop.is_set():
                self._wake.clear()
                if not await patience.insist(self.turn) and not stop.is_set():
                    await until_set(self._wake, self._limits.poll)
        except Stopped:
            log.debug("stopped_while_waiting")
        finally:
            stopping.cancel()

    async def turn(self) -> int:
        """Ask every hub that is due, up to `at_once` of them; returns how many there were."""
        now = self._clock()
        await self._store.leave_unwatched(now)
        claimed = await self._store.claim(now=now, limit=self._limits.at_once, lease=self._limits.lease)
        await asyncio.gather(*(self._ask(each) for each in claimed))
        return len(claimed)

    async def _ask(self, claimed: HubSubscription) -> None:
        error = await self._request(claimed)
        after = after_request(claimed, error, now=self._clock(), policy=self._policy, random=self._random)
        settled = await self._store.settle(claimed, after)
        mode = mode_for(claimed)
        self._metrics.hub_requests.labels(mode=mode, outcome="refused" if error else "accepted").inc()
        log.info("hub_asked", feed=claimed.feed_id, hub=claimed.hub, mode=mode, error=error, settled=settled)

    async def _request(self, claimed: HubSubscription) -> str | None:
        try:
            secret = self._sealer.unseal(claimed.sealed_secret)
        except SettingsError as error:
            return str(error)
        return await ask(
            claimed,
            client=self._client,
            addresses=self._addresses,
            callback=f"{self._public_url}/websub/{claimed.token}",
            secret=secret,
            lease=self._policy.lease,
        )
