"""A play for each test, on worker processes that are started once for each file."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.workers import WorkerPool
from tests.e2e.ingest.play import Play, open_play

WORKER_MEMORY = 1024**3


@pytest.fixture(scope="module")
def workers() -> Iterator[WorkerPool]:
    pool = WorkerPool(workers=1, memory_bytes=WORKER_MEMORY)
    yield pool
    asyncio.run(pool.close())


@pytest.fixture
async def play(tmp_path: Path, workers: WorkerPool) -> AsyncIterator[Play]:
    async with open_play(tmp_path, workers) as opened:
        yield opened
