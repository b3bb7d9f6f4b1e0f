"""Looking at a running soak from outside: its processes, its database, and what both sides have counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from shared.db import Database
from shared.model.ids import feed_id
from shared.model.times import utc_now
from shared.tables import feed_state
from tests.bench.polling.children import Child
from tests.bench.polling.processes import Spending, spending
from tests.bench.soak.cast import HEALTHY, healthy_count, kind, url
from tests.bench.soak.origin import Served
from tests.bench.soak.service import Published
from tests.bench.soak.verdict import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Takes samples of the service and its origin."""

    service: Child
    origin: Child
    database: Database
    healthy: frozenset[str]

    async def sample(self, at_seconds: float) -> Sample:
        spent = spending(self.service.pid)
        due = await self._due()
        return self._sampled(at_seconds, spent, due, self.service.ask("sample", Published))

    async def at_rest(self, at_seconds: float) -> Sample:
        """The last sample, with the poller stopped: what was served is published, or lost."""
        spent = spending(self.service.pid)
        due = await self._due()
        return self._sampled(at_seconds, spent, due, self.service.ask("stop", Published))

    def _sampled(
        self, at_seconds: float, spent: Spending, due: list[datetime], published: Published
    ) -> Sample:
        served = self.origin.ask("sample", Served)
        overdue = max((utc_now() - at for at in due), default=timedelta())
        return Sample(
            at_seconds=at_seconds,
            main_bytes=spent.main_bytes,
            worker_bytes=spent.worker_bytes,
            overdue_seconds=max(0.0, overdue.total_seconds()),
            unpolled=len(self.healthy) - len(due),
            served=served.items,
            published=published.stories,
            polls=published.polls,
        )

    async def _due(self) -> list[datetime]:
        """When each of the healthy feeds that were polled is due next."""
        query = sa.select(feed_state.c.feed_id, feed_state.c.next_poll_at)
        async with self.database.read() as connection:
            rows = (await connection.execute(query.where(feed_state.c.last_poll_at.is_not(None)))).all()
        return [at for feed, at in rows if feed in self.healthy]


def watch(service: Child, origin: Child, *, folder: Path, feeds: int, port: int) -> Watch:
    """A watch over a service that has its files in `folder`; close its database at the end."""
    healthy = frozenset(feed_id(url(number, port)) for number in range(feeds) if kind(number) == HEALTHY)
    assert len(healthy) == healthy_count(feeds)
    database = Database(f"sqlite+aiosqlite:///{folder / 'pactwatch.db'}")
    return Watch(service=service, origin=origin, database=database, healthy=healthy)
