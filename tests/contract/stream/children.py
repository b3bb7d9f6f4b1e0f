"""Members and publishers as processes of their own, to be killed.

`python -m tests.contract.stream.children ENGINE ADDRESS VERB TOPIC WORD` runs for ever. VERB `publish`: WORD
begins the values, a line tells each batch that was acknowledged. VERB `read` or `handle`: WORD is the group,
a line tells each record polled, and `handle` commits each batch after that.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from shared.ports import OutgoingRecord, Stream
from tests.contract.stream.engines import Engine, engine

ROOT = Path(__file__).parents[3]
BATCH = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A running child process."""

    process: asyncio.subprocess.Process

    async def line(self) -> list[object]:
        """The next thing it says; an empty list when it has ended."""
        assert self.process.stdout is not None
        raw = await self.process.stdout.readline()
        return list(json.loads(raw)) if raw.endswith(b"\n") else []

    async def kill(self) -> list[list[object]]:
        """End it as a crash would, with signal 9; what it had said before."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        said = []
        while line := await self.line():
            said.append(line)
        await self.process.wait()
        return said


@asynccontextmanager
async def child(of: Engine, *words: str) -> AsyncIterator[Child]:
    """A child doing what `words` say; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contract.stream.children", of.name, of.address, *words),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        limit=1024 * 1024,
    )
    running = Child(process=process)
    try:
        yield running
    finally:
        await running.kill()


async def _publish(stream: Stream, topic: str, prefix: str) -> None:
    publisher = await stream.publisher()
    start = 0
    while True:
        names = [f"{prefix}-{number}" for number in range(start, start + BATCH)]
        await publisher.publish([OutgoingRecord(topic=topic, key=n, value=n.encode()) for n in names])
        _say(names)
        start += BATCH


async def _read(stream: Stream, topic: str, group: str, *, commit: bool) -> None:
    consumer = await stream.consumer(group=group, topics=[topic])
    _say(["joined"])
    while True:
        records = await consumer.poll(max_records=50, wait=timedelta(seconds=1))
        for record in records:
            _say([record.partition, record.offset, record.value.decode()])
        if commit and records:
            await consumer.commit({record.source: record.next_offset for record in records})


def _say(line: list[object] | list[str]) -> None:
    os.write(sys.stdout.fileno(), json.dumps(line).encode() + b"\n")  # whole, and at once


async def _main(name: str, address: str, verb: str, topic: str, word: str) -> None:
    stream = engine(name, address).open()
    if verb == "publish":
        await _publish(stream, topic, word)
    else:
        await _read(stream, topic, word, commit=verb == "handle")


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # the lines are on stdout
    asyncio.run(_main(*sys.argv[1:]))
