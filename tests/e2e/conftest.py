"""The two engines an installation runs on."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """Addresses of an empty stream and an empty database."""

    name: str
    stream: str
    database: str


@pytest.fixture
def embedded(tmp_path: Path) -> Engines:
    return Engines(
        name="embedded",
        stream=f"embedded:{tmp_path / 'stream.db'}",
        database=f"sqlite:///{tmp_path / 'pactwatch.db'}",
    )


@pytest.fixture
async def distributed(kafka_broker: str, fresh_postgres: Callable[[], Awaitable[str]]) -> Engines:
    stream = f"kafka://{kafka_broker}/{uuid.uuid4().hex}."
    return Engines(name="kafka", stream=stream, database=await fresh_postgres())
