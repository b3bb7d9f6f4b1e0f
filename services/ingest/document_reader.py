"""Parsing documents in workers, so that no feed can keep the others waiting."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from services.ingest.documents.parsed import ParsedFeed
from services.ingest.locks import Locks
from services.ingest.parser import packed_feed, unpacked_feed
from services.ingest.policy import IngestPolicy
from shared.domains import domain_of
from shared.workers import WorkerPool

SUSPECT_SHARE: Final = 0.25
"""Of the deadline: what a feed gets whose last document took too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReader:
    """Hands documents to the workers: one of each registrable domain at a time, and of all feeds that were
    too slow before one at a time, with less patience."""

    workers: WorkerPool
    policy: IngestPolicy
    _domains: Locks = field(default_factory=Locks)
    _suspects: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, body: bytes, content_type: str, url: str, *, suspect: bool) -> ParsedFeed:
        """What the document says. Raises FeedUnreadableError, WorkerTimeoutError and WorkerCrashedError."""
        deadline = self.policy.parse_deadline
        async with self._domains.of(domain_of(url)):
            if not suspect:
                return await self._read(body, content_type, url, deadline)
            async with self._suspects:
                return await self._read(body, content_type, url, deadline * SUSPECT_SHARE)

    async def _read(self, body: bytes, content_type: str, url: str, deadline: timedelta) -> ParsedFeed:
        return unpacked_feed(await self.workers.run(packed_feed, body, content_type, url, deadline=deadline))
