"""Our process: the poller as `pactwatch ingest` runs it, made to poll every feed at every order."""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final

import msgspec
import sqlalchemy as sa
import uvloop

from services.ingest.policy import IngestPolicy
from services.ingest.poller import Poller
from shared.log import configure_log
from shared.tables import feed_state, polls
from tests.bench.polling.hosts import host
from tests.bench.polling.processes import spending
from tests.bench.polling.rounds import Order, Round, Setup, orders, round_of, tell
from tests.bench.polling.wiring import Newsroom, open_newsroom
from tests.waiting import rest

HOUR: Final = timedelta(hours=1)
LOOK_SECONDS: Final = 0.025
HEAD_START: Final = timedelta(seconds=3)
"""Between the start of a poller and the first moment when a feed is due, where lateness is measured."""

POLICY: Final = IngestPolicy(interval=HOUR, shortest=HOUR, longest=HOUR)
"""The default policy, but that no feed is due twice in one round."""


class LeapingClock:
    """Goes like any clock, and leaps between rounds so that every feed is due again."""

    def __init__(self) -> None:
        self._started, self._began = datetime.now(UTC), monotonic()

    def __call__(self) -> datetime:
        return self._started + timedelta(seconds=monotonic() - self._began)

    def leap(self, by: timedelta) -> None:
        self._started += by


async def main(setup: Setup) -> None:
    """Add the feeds, then poll all of them at every order."""
    configure_log(level="info", form="json")
    clock = LeapingClock()
    urls = (
        f"http://{host(number)}:{setup.port}/{setup.kind}/pactwatch/{number}" for number in range(setup.feeds)
    )
    async with open_newsroom(Path(setup.folder), hosts=setup.feeds, port=setup.port, clock=clock) as newsroom:
        await newsroom.watch(urls, clock)
        tell("ready")
        poller = newsroom.poller(POLICY)
        coming = orders()
        while (order := await asyncio.to_thread(next, coming, None)) is not None:
            # One poller goes on for months; only one that is to find other times reads all it knows again.
            planned = newsroom.poller(POLICY) if order.spread_seconds is not None else poller
            tell(await _round(newsroom, planned, clock, setup.feeds, order))


async def _round(newsroom: Newsroom, poller: Poller, clock: LeapingClock, feeds: int, order: Order) -> Round:
    clock.leap(3 * HOUR)
    due: dict[str, datetime] = {}
    if order.spread_seconds is not None:
        due = await _plan(newsroom, clock() + HEAD_START, timedelta(seconds=order.spread_seconds))
    began, failed_before, ended_before = clock(), _failed(newsroom), newsroom.polls()
    stop, before = asyncio.Event(), spending()
    if due:  # the wait for the first of them is no work
        before = replace(before, at=before.at + (min(due.values()) - clock()).total_seconds())
    running = asyncio.create_task(poller.run(stop))
    try:
        while newsroom.polls() < ended_before + feeds and not running.done():
            await rest(LOOK_SECONDS)
        after = spending()
    finally:
        stop.set()
        await running
    return round_of(
        before,
        after,
        polls=newsroom.polls() - ended_before,
        failed=_failed(newsroom) - failed_before,
        lateness_ms=await _lateness(newsroom, began, due) if due else [],
    )


async def _plan(newsroom: Newsroom, first: datetime, spread: timedelta) -> dict[str, datetime]:
    """Make the feeds due evenly over `spread` from `first` on; gives when each is."""
    feeds = await newsroom.store.enabled()
    due = {feed.id: first + spread * number / len(feeds) for number, feed in enumerate(feeds)}
    statement = (
        sa.update(feed_state)
        .where(feed_state.c.feed_id == sa.bindparam("id"))
        .values(next_poll_at=sa.bindparam("at"))
    )
    async with newsroom.database.write() as connection:
        await connection.execute(statement, [{"id": feed_id, "at": at} for feed_id, at in due.items()])
    return due


async def _lateness(newsroom: Newsroom, began: datetime, due: dict[str, datetime]) -> list[float]:
    query = sa.select(polls.c.feed_id, polls.c.at).where(polls.c.at >= began)
    async with newsroom.database.read() as connection:
        rows = (await connection.execute(query)).all()
    return sorted((at - due[feed_id]).total_seconds() * 1000 for feed_id, at in rows)


def _failed(newsroom: Newsroom) -> int:
    good = {"new_entries", "no_new_entries", "not_modified", "same_body"}
    return sum(
        int(sample.value)
        for metric in newsroom.metrics.feed_polls.collect()
        for sample in metric.samples
        if sample.name.endswith("_total") and sample.labels["outcome"] not in good
    )


if __name__ == "__main__":
    uvloop.run(main(msgspec.json.decode(sys.argv[1], type=Setup)))
