"""What happens when the file cannot be used."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from shared.bus.embedded import EmbeddedStream
from shared.errors import PermanentError, StreamUnavailableError
from shared.ports import TopicSpec
from tests.unit.shared.bus.embedded.laboratory import GROUP, TOPIC, ManualClock, opened, publish


async def test_a_file_that_is_no_log_makes_the_stream_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "stream.db"
    path.write_bytes(b"this is not a database" * 100)
    stream = EmbeddedStream(path)
    with pytest.raises(StreamUnavailableError, match=r"stream\.db"):
        await stream.check()
    await stream.close()


async def test_a_folder_that_cannot_be_made_makes_the_stream_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    stream = EmbeddedStream(tmp_path / "file" / "stream.db")
    with pytest.raises(StreamUnavailableError):
        await stream.check()
    await stream.close()


async def test_a_log_written_by_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stream.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=1000")
    connection.close()
    stream = EmbeddedStream(path)
    with pytest.raises(PermanentError, match="1000"):
        await stream.check()
    await stream.close()


async def test_a_log_locked_for_too_long_is_unavailable_and_usable_again_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "stream.db"
    stream = EmbeddedStream(path, busy=timedelta(seconds=0.1))
    await stream.create_topics([TopicSpec(name=TOPIC, partitions=1)])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StreamUnavailableError, match="locked"):
        await publish(stream, 1)
    await stream.check()
    other.execute("ROLLBACK")
    other.close()
    await publish(stream, 1)
    assert len([record async for record in stream.browse(TOPIC)]) == 1
    await stream.close()


async def test_a_closed_stream_says_so(tmp_path: Path) -> None:
    stream = EmbeddedStream(tmp_path / "stream.db")
    await stream.close()
    await stream.close()
    with pytest.raises(StreamUnavailableError, match="closed"):
        await stream.check()


async def test_an_unknown_topic_is_named(tmp_path: Path) -> None:
    async with opened(tmp_path / "stream.db", ManualClock()) as stream:
        with pytest.raises(PermanentError, match="nowhere"):
            await publish(stream, 1, topic="nowhere")
        with pytest.raises(PermanentError, match="nowhere"):
            await stream.consumer(group=GROUP, topics=[TOPIC, "nowhere"])
        with pytest.raises(PermanentError, match="nowhere"):
            await stream.lag(group=GROUP, topics=["nowhere"])
        with pytest.raises(PermanentError, match="nowhere"):
            await anext(aiter(stream.browse("nowhere")))


async def test_a_topic_without_partitions_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path / "stream.db", ManualClock()) as stream:
        with pytest.raises(PermanentError, match="partition"):
            await stream.create_topics([TopicSpec(name="none", partitions=0)])


async def test_many_streams_may_make_the_same_file_at_once(tmp_path: Path) -> None:
    streams = [EmbeddedStream(tmp_path / "stream.db") for _ in range(8)]
    topic = TopicSpec(name=TOPIC, partitions=3)
    await asyncio.gather(*(stream.create_topics([topic]) for stream in streams))
    await asyncio.gather(*(publish(stream, 10) for stream in streams))
    offsets = [(record.partition, record.offset) async for record in streams[0].browse(TOPIC)]
    assert len(set(offsets)) == len(offsets) == 80
    for stream in streams:
        await stream.close()
