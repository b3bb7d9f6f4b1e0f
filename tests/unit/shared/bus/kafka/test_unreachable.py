"""Servers that are not there: every call says so in time and leaves nothing behind."""

import asyncio
import gc
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from shared.bus.kafka import KafkaLimits, KafkaStream
from shared.errors import StreamUnavailableError
from shared.ports import OutgoingRecord, TopicSpec
from tests.contract.stream.steps import everything

BRIEF = KafkaLimits(
    start=timedelta(seconds=1),
    publish=timedelta(seconds=1),
    admin=timedelta(seconds=1),
    check=timedelta(seconds=1),
    request=timedelta(seconds=30),
    stop=timedelta(seconds=1),
)
RECORD = OutgoingRecord(topic="work", key="key", value=b"value")
Use = Callable[[KafkaStream], Awaitable[object]]


async def publish(stream: KafkaStream) -> None:
    publisher = await stream.publisher()
    try:
        await publisher.publish([RECORD])
    finally:
        await publisher.close()


USES: dict[str, Use] = {
    "check": lambda stream: stream.check(),
    "create topics": lambda stream: stream.create_topics([TopicSpec(name="work", partitions=1)]),
    "publish": publish,
    "join": lambda stream: stream.consumer(group="group", topics=["work"]),
    "browse": lambda stream: everything(stream, "work"),
    "lag": lambda stream: stream.lag(group="group", topics=["work"]),
}


def greeting(correlation: bytes) -> bytes:
    """The answer to a client's first question: which versions of every request are understood."""
    versions = b"".join(struct.pack(">hhh", kind, 0, 1) for kind in range(51))
    body = correlation + struct.pack(">hi", 0, 51) + versions
    return struct.pack(">i", len(body)) + body


@pytest.fixture(params=["at once", "after the greeting"])
async def silent_server(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """Accepts connections and never answers, or nothing but the greeting."""
    writers = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        question = await reader.read(1000)
        if request.param == "after the greeting":
            writer.write(greeting(question[8:12]))

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for writer in writers:
        writer.close()
    server.close()
    await server.wait_closed()


async def assert_unavailable_in_time(address: str, use: Use) -> None:
    before = asyncio.all_tasks()
    async with asyncio.timeout(20):
        with pytest.raises(StreamUnavailableError):
            await use(KafkaStream(address, limits=BRIEF))
    gc.collect()  # a client left open complains now, which fails the test
    mine = {task for task in asyncio.all_tasks() - before if "aiokafka" in repr(task.get_coro())}
    assert not mine


@pytest.mark.parametrize("use", USES)
async def test_a_server_that_refuses(use: str) -> None:
    await assert_unavailable_in_time("127.0.0.1:1", USES[use])


@pytest.mark.parametrize("use", USES)
async def test_a_server_that_never_answers(silent_server: str, use: str) -> None:
    await assert_unavailable_in_time(silent_server, USES[use])


async def test_a_closed_publisher_publishes_nothing() -> None:
    publisher = await KafkaStream("127.0.0.1:1", limits=BRIEF).publisher()
    await publisher.close()
    with pytest.raises(StreamUnavailableError, match="closed"):
        await publisher.publish([RECORD])


async def test_a_cancelled_join_leaves_nothing_behind(silent_server: str) -> None:
    before = asyncio.all_tasks()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await KafkaStream(silent_server, limits=BRIEF).consumer(group="group", topics=["work"])
    gc.collect()
    assert not {task for task in asyncio.all_tasks() - before if "aiokafka" in repr(task.get_coro())}
