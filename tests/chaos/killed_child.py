"""A consumer whose process dies at one record: run by `test_poison.py` as a process of its own."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.bus.embedded import EmbeddedStream
from shared.db import Database
from shared.handling import Handling, HandlingPolicy
from shared.metrics import Metrics
from shared.model.times import utc_now
from shared.ports import OutgoingRecord, StreamRecord
from shared.processor import Processor
from shared.store.unfinished import UnfinishedRecords

TOPIC, RESULTS, GROUP = "work", "results", "workers"
KILLER = "killer"
KILLED = 41


async def _handle(record: StreamRecord) -> Sequence[OutgoingRecord]:
    if record.key == KILLER:
        os._exit(KILLED)
    return (OutgoingRecord(topic=RESULTS, key=record.key, value=record.value),)


async def main(folder: Path) -> None:
    """Consume until nothing is left."""
    stream = EmbeddedStream(folder / "stream.db")
    database = Database(f"sqlite+aiosqlite:///{folder / 'database.db'}")
    processor = Processor(
        stream=stream,
        group=GROUP,
        topic=TOPIC,
        handling=Handling(handler=_handle, policy=HandlingPolicy(), clock=utc_now, random=lambda: 0.5),
        unfinished=UnfinishedRecords(database, GROUP),
        metrics=Metrics(),
        clock=utc_now,
        random=lambda: 0.5,
    )
    patience = processor.patience(asyncio.Event())
    running = asyncio.create_task(processor.run(patience))
    while any((await stream.lag(group=GROUP, topics=[TOPIC])).values()):
        await asyncio.wait([running], timeout=0.05)
    patience.stop.set()
    await running
    await stream.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
