"""The brokers gone for a while, then PostgreSQL, while stories keep coming: nobody restarts anything."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from deploy.kafka.cluster import KafkaCluster
from deploy.postgres.server import PostgresServer
from services.demo.receiver import Receiver
from tests.chaos.accounts import check_accounts, settled
from tests.chaos.load import Load, made_up
from tests.e2e.installation import SERVICES, Installation, installed, subscribe
from tests.e2e.rss import FeedHost
from tests.waiting import rest, until

OUTAGE = float(os.environ.get("PACTWATCH_OUTAGE_SECONDS", "15"))
STORIES = 1000
STEPS = 20
RECOVERY_SECONDS = 300

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900), pytest.mark.asyncio(loop_scope="module")]


async def _readiness(installation: Installation, service: str) -> dict[str, Any]:
    timeout = aiohttp.ClientTimeout(total=20)
    async with (
        aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
        session.get(f"{installation.url(service)}/readyz") as answer,
    ):
        report: dict[str, Any] = await answer.json()
        assert report["ready"] == (answer.status == 200)
        return report


async def _says(installation: Installation, check: str, *, ok: bool) -> None:
    """Wait until every service's readiness says so of this check, and says why when it is not."""
    for service in SERVICES:

        async def said(service: str = service) -> bool:
            with suppress(aiohttp.ClientError, TimeoutError):
                found = (await _readiness(installation, service))["checks"][check]
                return found["ok"] is ok and bool(found["why"]) is not ok
            return False

        await until(said, seconds=120, what=f"{service}: {check} ok={ok}\n{installation.tail()}\n")


async def _gone_for_a_while(
    installation: Installation,
    check: str,
    stop: Callable[[], Awaitable[None]],
    start: Callable[[], Awaitable[None]],
) -> None:
    await stop()
    loop = asyncio.get_running_loop()
    back_at = loop.time() + OUTAGE
    await _says(installation, check, ok=False)
    await rest(max(0.0, back_at - loop.time()))
    await start()
    await _says(installation, check, ok=True)


async def _reveal(load: Load, host: FeedHost, pause: float) -> None:
    for _ in load.revealing(host, STEPS):
        await rest(pause)


async def test_everything_recovers_by_itself_and_nothing_is_lost(
    killable_broker: KafkaCluster, killable_postgres: PostgresServer, tmp_path: Path
) -> None:
    load = made_up(random.Random(7), stories=STORIES)
    async with (
        FeedHost({name: [] for name in load.feeds}) as host,
        Receiver() as receiver,
        installed(
            stream=f"kafka://{killable_broker.bootstrap}",
            database=await killable_postgres.create_database("outage"),
            folder=tmp_path,
            reachable=(host.port, receiver.port),
            PACTWATCH_LOG_LEVEL="warning",
        ) as installation,
    ):
        await installation.start()
        await installation.ready()
        pids = {name: process.pid for name, process in installation.processes.items()}
        await subscribe(installation, receiver)
        for name in host.feeds:
            await installation.post("/v1/feeds", {"url": host.url(name), "name": name, "outlet": name})
        revealing = asyncio.create_task(_reveal(load, host, 3 * OUTAGE / STEPS))

        (broker,) = killable_broker.brokers
        await _gone_for_a_while(
            installation,
            "stream",
            lambda: killable_broker.kill(broker),
            lambda: killable_broker.start_broker(broker),
        )
        await _gone_for_a_while(installation, "database", killable_postgres.kill, killable_postgres.start)

        await revealing
        await settled(installation, receiver, load, seconds=RECOVERY_SECONDS)
        await check_accounts(installation, receiver, load)
        assert {name: process.pid for name, process in installation.processes.items()} == pids
        assert all(process.returncode is None for process in installation.processes.values())
        await installation.stop()
