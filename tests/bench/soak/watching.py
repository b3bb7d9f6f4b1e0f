"""Looking at a running soak from outside: its processes, its database, and what both sides have counted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final

import sqlalchemy as sa

from shared.db import Database
from shared.model.feed import PollOutcome
from shared.model.ids import feed_id
from shared.model.times import utc_now
from shared.tables import feed_state, polls
from tests.bench.polling.children import Child
from tests.bench.polling.processes import spending
from tests.bench.soak.cast import HEALTHY, healthy_count, kind, url
from tests.bench.soak.origin import Served
from tests.bench.soak.service import Published
from tests.bench.soak.verdict import Sample, Tally
from tests.waiting import rest

END_SECONDS: Final = 60
"""What the slowest poll may take, behind others that wait for a worker as it does."""
LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Takes samples of the service and its origin."""

    service: Child
    origin: Child
    database: Database
    kinds: Mapping[str, str]
    healthy: frozenset[str]

    async def sample(self, at_seconds: float) -> Sample:
        looked = await self._look(at_seconds)
        return self._counted(looked, self.service.ask("sample", Published))

    async def at_rest(self, at_seconds: float) -> Sample:
        """The last sample, counted once nothing more is served, what is under way had its time to end, and
        the poller is stopped: what was served is published by then, or lost."""
        looked = await self._look(at_seconds)
        served = self.origin.ask("over", Served).items
        deadline = monotonic() + END_SECONDS
        while self.service.ask("sample", Published).stories < served and monotonic() < deadline:
            await rest(LOOK_SECONDS)
        return self._counted(looked, self.service.ask("stop", Published))

    async def tally(self) -> Tally:
        """How often the polls of each kind of feed ended in what, as far as the service remembers them."""
        query = sa.select(polls.c.feed_id, polls.c.outcome, sa.func.count())
        async with self.database.read() as connection:
            rows = (await connection.execute(query.group_by(polls.c.feed_id, polls.c.outcome))).all()
        found: dict[str, Counter[PollOutcome]] = {kind: Counter() for kind in self.kinds.values()}
        for feed, outcome, count in rows:
            found[self.kinds[feed]][outcome] += count
        return found

    async def _look(self, at_seconds: float) -> Sample:
        spent, due = spending(self.service.pid), await self._due()
        overdue = max((utc_now() - at for at in due), default=timedelta())
        return Sample(
            at_seconds=at_seconds,
            main_bytes=spent.main_bytes,
            worker_bytes=spent.worker_bytes,
            overdue_seconds=max(0.0, overdue.total_seconds()),
            unpolled=len(self.healthy) - len(due),
            served=0,
            published=0,
            polls=0,
        )

    def _counted(self, looked: Sample, published: Published) -> Sample:
        served = self.origin.ask("sample", Served)
        return replace(looked, served=served.items, published=published.stories, polls=published.polls)

    async def _due(self) -> list[datetime]:
        """When each of the healthy feeds that were polled is due next."""
        query = sa.select(feed_state.c.feed_id, feed_state.c.next_poll_at)
        async with self.database.read() as connection:
            rows = (await connection.execute(query.where(feed_state.c.last_poll_at.is_not(None)))).all()
        return [at for feed, at in rows if feed in self.healthy]


def watch(service: Child, origin: Child, *, folder: Path, feeds: int, port: int) -> Watch:
    """A watch over a service that has its files in `folder`; close its database at the end."""
    kinds = {feed_id(url(number, port)): kind(number) for number in range(feeds)}
    healthy = frozenset(feed for feed, kind in kinds.items() if kind == HEALTHY)
    assert len(healthy) == healthy_count(feeds)
    database = Database(f"sqlite+aiosqlite:///{folder / 'pactwatch.db'}")
    return Watch(service=service, origin=origin, database=database, kinds=kinds, healthy=healthy)
