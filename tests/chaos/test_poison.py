"""Records that nobody can handle: each becomes one dead letter, and the rest goes on."""

import asyncio
import sys
from asyncio.subprocess import create_subprocess_exec
from dataclasses import replace
from pathlib import Path

import pytest

from shared.bus.embedded import EmbeddedStream
from shared.db import Database
from shared.messages import STORY, encode
from shared.migrate import upgrade
from shared.ports import OutgoingRecord, TopicSpec
from shared.topics import STORIES
from tests.chaos.accounts import dead_letters
from tests.chaos.killed_child import KILLED, KILLER, RESULTS, TOPIC
from tests.e2e.conftest import Engines
from tests.e2e.installation import ROOT, installed
from tests.samples import NOON, a_story
from tests.waiting import until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]
CHILD_SECONDS = 60
MOST_RESTARTS = 8


async def _run_child(folder: Path) -> int:
    child = await create_subprocess_exec(
        sys.executable, "-m", "tests.chaos.killed_child", str(folder), cwd=ROOT
    )
    try:
        return await asyncio.wait_for(child.wait(), CHILD_SECONDS)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def test_a_record_that_kills_its_process_is_quarantined_and_the_rest_handled(tmp_path: Path) -> None:
    names = [*(f"before {n}" for n in range(10)), KILLER, *(f"after {n}" for n in range(10))]
    stream = EmbeddedStream(tmp_path / "stream.db")
    topics = (TOPIC, RESULTS, TOPIC + ".dead")
    await stream.create_topics([TopicSpec(name=topic, partitions=1) for topic in topics])
    publisher = await stream.publisher()
    await publisher.publish([OutgoingRecord(topic=TOPIC, key=name, value=b"") for name in names])
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'database.db'}")
    await upgrade(database)
    await database.close()

    codes = [await _run_child(tmp_path)]
    while codes[-1] == KILLED and len(codes) < MOST_RESTARTS:
        codes.append(await _run_child(tmp_path))
    assert codes[-1] == 0, codes
    # Once among its batch, which nobody can blame on it yet, and three times by itself.
    assert codes.count(KILLED) == 4
    (letter,) = [record async for record in stream.browse(TOPIC + ".dead")]
    assert letter.key == KILLER
    assert letter.header("dead_error") == b"ProcessKilledError"
    results = [record.key async for record in stream.browse(RESULTS)]
    assert sorted(results) == sorted(set(names) - {KILLER})
    await stream.close()


async def test_records_that_do_not_decode_cost_only_themselves(embedded: Engines, tmp_path: Path) -> None:
    good = encode(STORY, a_story(), source="/test", now=NOON)
    future = replace(
        good,
        headers=tuple((k, v.replace(b".v1", b".v9") if k == "ce_type" else v) for k, v in good.headers),
    )
    poison = [replace(good, value=b"\x00not json"), future, replace(good, headers=())]
    async with installed(
        stream=embedded.stream, database=embedded.database, folder=tmp_path, reachable=()
    ) as installation:
        await installation.start("extract", "api")
        await installation.ready("extract", "api")
        stream = EmbeddedStream(Path(embedded.stream.removeprefix("embedded:")))
        publisher = await stream.publisher()
        await publisher.publish([*poison, good])
        await stream.close()

        async def tagged() -> bool:
            return bool(await installation.all("/v1/stories"))

        await until(tagged, seconds=60, what="the good story")
        letters = await dead_letters(installation)
        assert [letter["error"] for letter in letters] == [
            "DecodeError",
            "SchemaFromFutureError",
            "DecodeError",
        ]
        assert {letter["topic"] for letter in letters} == {STORIES}
        assert {letter["group"] for letter in letters} == {"tag"}
        assert all(letter["message"] for letter in letters)
        assert len(await installation.all("/v1/alerts")) == 1
        await installation.stop()
