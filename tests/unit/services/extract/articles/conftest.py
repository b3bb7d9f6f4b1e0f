"""Workers shared by the tests of a module: starting them takes longer than most of the tests."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from services.extract.articles.worker import MEMORY_BYTES, load_reader
from services.extract.worker import load_worker
from shared.workers import WorkerPool
from tests.unit.services.extract.articles.newsdesk import Newsdesk, Pools, open_newsdesk


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pools() -> AsyncIterator[Pools]:
    found = Pools(
        taggers=WorkerPool(workers=1, initializer=load_worker),
        readers=WorkerPool(workers=1, initializer=load_reader, memory_bytes=MEMORY_BYTES),
    )
    await found.readers.run(load_reader, deadline=timedelta(seconds=60))
    yield found
    await found.taggers.close()
    await found.readers.close()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(tmp_path: Path, pools: Pools) -> AsyncIterator[Newsdesk]:
    async with open_newsdesk(tmp_path, pools) as opened:
        yield opened
