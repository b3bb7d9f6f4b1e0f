"""Each test of the suite runs once per engine, at a place of its own."""

import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from shared.ports import Stream, TopicSpec
from tests.contract.stream.engines import Engine, engine
from tests.contract.stream.steps import Place

OpenStream = Callable[[], Stream]


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def under_test(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """The engine, empty or shared with other tests."""
    if request.param == "kafka":
        return engine("kafka", request.getfixturevalue("kafka_broker"))
    return engine("embedded", str(tmp_path / "stream.db"))


@pytest.fixture
async def open_stream(under_test: Engine) -> AsyncIterator[OpenStream]:
    """Opens another connection to the engine at each call; all are closed after the test."""
    opened: list[Stream] = []

    def open_another() -> Stream:
        opened.append(under_test.open())
        return opened[-1]

    yield open_another
    for stream in opened:
        await stream.close()


@pytest.fixture
def stream(open_stream: OpenStream) -> Stream:
    """One connection to the engine."""
    return open_stream()


@pytest.fixture
async def place(stream: Stream) -> Place:
    """A new topic with four partitions."""
    name = uuid.uuid4().hex
    place = Place(topic=f"topic-{name}", group=f"group-{name}", partitions=4)
    await stream.create_topics([TopicSpec(name=place.topic, partitions=place.partitions)])
    return place
