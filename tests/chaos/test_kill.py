"""Services killed with -9 at random moments while two thousand stories pass."""

import os
import random
from pathlib import Path

import pytest

from services.demo.receiver import Receiver
from tests.chaos.accounts import check_accounts, settled
from tests.chaos.load import made_up
from tests.e2e.conftest import Engines
from tests.e2e.installation import SERVICES, Installation, installed, subscribe
from tests.e2e.rss import FeedHost
from tests.waiting import rest

RUNS = int(os.environ.get("PACTWATCH_CHAOS_RUNS", "1"))
STORIES = int(os.environ.get("PACTWATCH_CHAOS_STORIES", "2000"))
KILLS = 9
STEPS = 10
LONGEST_REST = 3.0

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


async def _kill_at_random(installation: Installation, chance: random.Random) -> None:
    victim = chance.choice(SERVICES)
    await installation.kill(victim)
    await installation.start(victim)


async def _survives(engines: Engines, folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    load = made_up(chance, stories=STORIES)
    async with (
        FeedHost({name: [] for name in load.feeds}) as host,
        Receiver() as receiver,
        installed(
            stream=engines.stream,
            database=engines.database,
            folder=folder,
            reachable=(host.port, receiver.port),
            PACTWATCH_LOG_LEVEL="warning",
        ) as installation,
    ):
        await installation.start()
        await installation.ready()
        await subscribe(installation, receiver)
        for name in host.feeds:
            await installation.post("/v1/feeds", {"url": host.url(name), "name": name, "outlet": name})
        for step, _ in enumerate(load.revealing(host, STEPS)):
            await rest(chance.uniform(0.2, LONGEST_REST))
            if step < KILLS:
                await _kill_at_random(installation, chance)
        await settled(installation, receiver, load, seconds=300)
        states = await check_accounts(installation, receiver, load)
        await installation.stop()
    assert states["notified"] > STORIES / 20, "the load should have something to tell"


@pytest.mark.parametrize("seed", range(RUNS))
async def test_nothing_is_lost_or_doubled_on_the_embedded_engines(
    embedded: Engines, tmp_path: Path, seed: int
) -> None:
    await _survives(embedded, tmp_path, seed)


@pytest.mark.parametrize("seed", range(RUNS))
async def test_nothing_is_lost_or_doubled_on_kafka_and_postgresql(
    distributed: Engines, tmp_path: Path, seed: int
) -> None:
    await _survives(distributed, tmp_path, seed)
