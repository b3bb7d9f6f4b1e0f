"""Starting while a server is not there, and being told to stop meanwhile."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from shared.errors import DatabaseUnavailableError
from shared.messages import STORY, encode
from shared.ports import OutgoingRecord, StreamRecord
from shared.runtime import consumer_group, open_runtime, prepare, readiness, run_group
from shared.settings import Settings
from shared.topics import TAG_GROUP
from tests.samples import NOON, a_story
from tests.waiting import until

DEADLINE = 20


async def test_whoever_waits_for_a_server_at_the_start_stops_in_good_order(tmp_path: Path) -> None:
    """A folder where the database's file should be cannot be opened, today and every day."""
    (tmp_path / "pactwatch.db").mkdir()
    settings = Settings.from_environ(
        {
            "PACTWATCH_STREAM": f"embedded:{tmp_path / 'stream.db'}",
            "PACTWATCH_DATABASE": f"sqlite:///{tmp_path / 'pactwatch.db'}",
        }
    )
    stop = asyncio.Event()
    async with open_runtime(settings) as runtime:
        preparing = asyncio.create_task(prepare(runtime, stop))

        async def waits() -> bool:
            return b'pactwatch_waiting{group="prepare"} 1.0' in runtime.metrics.render()

        await until(waits, seconds=DEADLINE, what="the wait for the database")
        stop.set()
        await asyncio.wait_for(preparing, DEADLINE)


async def test_nobody_is_ready_before_the_tables_are_made(tmp_path: Path) -> None:
    settings = Settings.from_environ(
        {
            "PACTWATCH_STREAM": f"embedded:{tmp_path / 'stream.db'}",
            "PACTWATCH_DATABASE": f"sqlite:///{tmp_path / 'pactwatch.db'}",
        }
    )
    async with open_runtime(settings) as runtime:
        ready = readiness(runtime)
        wrong = {name for name, why in (await ready.failures()).items() if why is not None}
        assert wrong == {"prepared"}
        await prepare(runtime, asyncio.Event())
        assert set((await ready.failures()).values()) == {None}


async def test_a_group_that_does_not_move_is_not_ready_though_all_servers_answer(tmp_path: Path) -> None:
    settings = Settings.from_environ(
        {
            "PACTWATCH_STREAM": f"embedded:{tmp_path / 'stream.db'}",
            "PACTWATCH_DATABASE": f"sqlite:///{tmp_path / 'pactwatch.db'}",
        }
    )

    async def refusing(_record: StreamRecord) -> Sequence[OutgoingRecord]:
        raise DatabaseUnavailableError("a row is locked")

    stop = asyncio.Event()
    async with open_runtime(settings) as runtime:
        await prepare(runtime, stop)
        publisher = await runtime.stream.publisher()
        await publisher.publish([encode(STORY, a_story(), source="/test", now=NOON)])
        group = consumer_group(runtime, group=TAG_GROUP, handler=refusing)
        running = asyncio.create_task(run_group(runtime, group, stop))

        async def told() -> bool:
            return "tag: " in ((await readiness(runtime).failures())["work"] or "")

        await until(told, seconds=DEADLINE, what="the reason")
        stop.set()
        await asyncio.wait_for(running, DEADLINE)
