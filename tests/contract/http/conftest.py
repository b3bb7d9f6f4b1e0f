"""A canary that must stay untouched."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.http.servers import Server, canary_on_both_loopbacks


@pytest.fixture
async def canary() -> AsyncIterator[Server]:
    async with canary_on_both_loopbacks() as server:
        yield server
    assert server.dials == 0, "the canary was dialled"
