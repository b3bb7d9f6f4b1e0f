"""Every attack at once, in real time, while two hundred honest feeds want to be read."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from services.ingest.policy import IngestPolicy
from services.ingest.poller import Poller
from shared.messages import STORY
from shared.model.feed import Feed
from shared.model.ids import feed_id
from shared.model.times import utc_now
from shared.store.feeds import FeedStore
from shared.workers import WorkerPool
from tests.e2e.ingest.conftest import WORKER_MEMORY
from tests.origin.attacks import ATTACKS
from tests.origin.newsroom import Entry, Newsroom, Stubborn
from tests.origin.server import Asked, Host, OriginServer
from tests.unit.services.ingest.desk import Desk, open_desk
from tests.waiting import until

HONEST = 200
INTERVAL = timedelta(seconds=8)
WAVES = 3
"""So often each honest feed publishes, and is read each time before it publishes again."""
LONGEST_SECONDS = 90
LATEST = timedelta(seconds=40)
"""How much later than due an honest feed may be asked on a busy machine: each of the two workers may meet an
attack that takes the 20 s which a document is given. A feed that did so once is not given them again."""
MOST_HERE = 400 * 1024 * 1024
"""What all attacks together may add to the memory of the process that polls; it serves them too."""


@pytest.mark.timeout(240)
async def test_two_hundred_feeds_are_read_on_time_while_every_attack_goes_on(tmp_path: Path) -> None:
    workers = WorkerPool(workers=2, memory_bytes=WORKER_MEMORY)
    process = psutil.Process()
    try:
        async with (
            open_desk(tmp_path, workers) as desk,
            OriginServer(clock=utc_now) as origin,
            origin.client() as client,
        ):
            rooms = {f"www.honest-{number}.example": Newsroom() for number in range(HONEST)}
            hostile = {f"www.hostile-{attack.__name__}.example": attack() for attack in ATTACKS}
            await _watch(desk, origin, {host: Stubborn(always=answer) for host, answer in hostile.items()})
            await _watch(desk, origin, rooms)
            before, began = process.memory_info().rss, time.monotonic()
            policy = IngestPolicy(interval=INTERVAL, shortest=INTERVAL, reload=timedelta(seconds=1))
            poller = Poller(replace(desk.parts, client=client, clock=utc_now), policy)
            await _read_in_waves(desk, poller, rooms)
            assert time.monotonic() - began < LONGEST_SECONDS
            assert process.memory_info().rss - before < MOST_HERE
            assert {asked.host for asked in origin.asked} >= hostile.keys(), "an attacker was never asked"
            late = {host: by for host in rooms if (by := _lateness(origin.asked_of(host))) > LATEST}
            assert not late, f"{len(late)} of {HONEST} honest feeds were asked late"
    finally:
        await workers.close()


async def _read_in_waves(desk: Desk, poller: Poller, rooms: dict[str, Newsroom]) -> None:
    stop = asyncio.Event()
    polling = asyncio.create_task(poller.run(stop))
    try:
        for wave in range(WAVES):
            for host, room in rooms.items():
                room.publish(Entry(name=host, title=f"Wave {wave} of {host}", guid=f"{host}-{wave}"))
            await until(_published(desk, wave + 1), seconds=LONGEST_SECONDS, what=f"wave {wave}")
    finally:
        stop.set()
        await asyncio.wait_for(polling, 30)


def _published(desk: Desk, waves: int) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        records = desk.publisher.records
        honest = {r.key for r in records if r.topic == STORY.topic and b"Wave " in r.value}
        return len(honest) >= waves * HONEST

    return look


async def _watch(desk: Desk, origin: OriginServer, hosts: Mapping[str, Host]) -> None:
    feeds = FeedStore(desk.database)
    for host, answers in hosts.items():
        origin.hosts[host] = answers
        url = origin.url(host)
        feed = Feed(id=feed_id(url), url=url, name=host, outlet=host, language=None, interval=INTERVAL)
        await feeds.add(feed, utc_now())


def _lateness(asked: list[Asked]) -> timedelta:
    """By how much the longest time between two requests exceeded the interval with its jitter."""
    gaps = [later.at - earlier.at for earlier, later in pairwise(asked)]
    return max(gaps, default=timedelta.max / 2) - 1.1 * INTERVAL
