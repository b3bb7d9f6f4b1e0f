"""The soak's service: a poller as in production but for its rhythm, ten times as fast.

    python -m tests.bench.soak.service FOLDER FEEDS PORT

It tells that it is ready, and at every line of input what it has published, after "stop" once it polls no
more; it ends when its input does.
"""

import asyncio
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec
import uvloop

from services.ingest.policy import IngestPolicy
from services.ingest.poller import Poller
from shared.log import configure_log
from shared.model.times import utc_now
from shared.ports import OutgoingRecord, Publisher
from shared.topics import STORIES
from tests.bench.polling.rounds import tell
from tests.bench.polling.wiring import open_newsroom
from tests.bench.soak.cast import HEALTHY, url

LONGEST: Final = timedelta(seconds=120)
POLICY: Final = IngestPolicy(
    interval=timedelta(seconds=90),
    shortest=timedelta(seconds=60),
    longest=LONGEST,
    longest_backoff=timedelta(minutes=10),
    longest_retry_after=timedelta(minutes=10),
    total=timedelta(seconds=10),
    parse_deadline=timedelta(seconds=5),
)


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """Stories of healthy feeds that the stream has acknowledged, and polls of all feeds that have ended."""

    stories: int
    polls: int


class CountingPublisher:
    """A publisher that counts the stories of healthy feeds."""

    def __init__(self, inner: Publisher) -> None:
        self._inner = inner
        self.stories = 0

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        await self._inner.publish(records)
        self.stories += sum(
            record.topic == STORIES and f"/{HEALTHY}/".encode() in record.value for record in records
        )

    async def close(self) -> None:
        await self._inner.close()


async def main(folder: Path, feeds: int, port: int) -> None:
    """Poll until standard input ends."""
    configure_log(level="info", form="json")
    stop = asyncio.Event()
    async with open_newsroom(folder, hosts=feeds, port=port, clock=utc_now) as newsroom:
        await newsroom.watch((url(number, port) for number in range(feeds)), utc_now)
        counting = CountingPublisher(newsroom.parts.publisher)
        parts = replace(newsroom.parts, publisher=counting, random=random.random)
        running = asyncio.create_task(Poller(parts, POLICY).run(stop))
        tell("ready")
        while not running.done() and (line := await asyncio.to_thread(sys.stdin.readline)):
            if "stop" in line:
                stop.set()
                await running
            tell(Published(stories=counting.stories, polls=newsroom.polls()))
        stop.set()
        await running


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
