"""A worker pool, and a desk that polls over real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.workers import WorkerPool
from tests.unit.services.ingest.desk import Desk, open_desk


@pytest.fixture
async def workers() -> AsyncIterator[WorkerPool]:
    pool = WorkerPool(workers=1)
    yield pool
    await pool.close()


@pytest.fixture
async def desk(tmp_path: Path, workers: WorkerPool) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, workers) as opened:
        yield opened
