"""A consumer group that notes what it does, in this process or in one of its own, and the load on it.

`python -m tests.chaos.kafka_group SERVERS NAME MEMBER NOTEBOOK` is one member, until SIGTERM.
"""

import asyncio
import os
import random
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from deploy.kafka.cluster import KafkaCluster
from shared.bus.kafka import KafkaStream
from shared.errors import StreamUnavailableError
from shared.handling import Handling, HandlingPolicy
from shared.metrics import Metrics
from shared.model.times import utc_now
from shared.ports import Consumer, OutgoingRecord, Stream, StreamRecord, TopicSpec
from shared.processor import Processor
from tests.contract.stream.steps import everything
from tests.unit.shared.groups import MarksInMemory
from tests.waiting import rest, until

ROOT = Path(__file__).parents[2]
PARTITIONS = 6
BATCH = 50
AHEAD = 200
LONG = 240.0


class Notebook:
    """What the members did, in a file they share: `effects` by id, and every single handling."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
            "CREATE TABLE IF NOT EXISTS effect (id TEXT PRIMARY KEY);"
            "CREATE TABLE IF NOT EXISTS handling (id TEXT, source TEXT, member TEXT);"
            "CREATE TABLE IF NOT EXISTS joined (member TEXT)"
        )

    def note(self, record: StreamRecord, member: str) -> None:
        """The effect of a record, once however often it comes, and that it came."""
        name, source = record.value.decode(), f"{record.partition}-{record.offset}"
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("INSERT OR IGNORE INTO effect VALUES (?)", (name,))
            self._connection.execute("INSERT INTO handling VALUES (?, ?, ?)", (name, source, member))
            self._connection.execute("COMMIT")

    def join(self, member: str) -> None:
        """The member has its share of the partitions."""
        self._connection.execute("INSERT INTO joined VALUES (?)", (member,))

    def joined(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM joined").fetchone()[0])

    def effects(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM effect").fetchone()[0])

    def ids(self) -> set[str]:
        return {row[0] for row in self._connection.execute("SELECT id FROM effect")}

    def shares(self) -> dict[str, int]:
        """How many handlings each member had."""
        return dict(self._connection.execute("SELECT member, count(*) FROM handling GROUP BY member"))

    def redelivered(self) -> int:
        """How many handlings were of a record (partition and offset) handled before."""
        query = "SELECT count(*) - count(DISTINCT source) FROM handling"
        return int(self._connection.execute(query).fetchone()[0])

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A topic, the topic of its results and the group, named after one test."""

    name: str

    @property
    def results(self) -> str:
        return f"{self.name}-results"

    async def create(self, stream: Stream) -> None:
        names = (self.name, self.results)
        await stream.create_topics([TopicSpec(name=name, partitions=PARTITIONS) for name in names])

    async def is_finished(self, stream: Stream) -> bool:
        """Is every record committed? Not while the stream does not say."""
        try:
            return not any((await stream.lag(group=self.name, topics=[self.name])).values())
        except StreamUnavailableError:
            return False

    async def result_ids(self, stream: Stream) -> list[str]:
        return [record.value.decode() for record in await everything(stream, self.results)]

    def processor(self, stream: Stream, notebook: Notebook, member: str) -> Processor:
        """Notes each record and returns one result for it."""

        async def handle(record: StreamRecord) -> Sequence[OutgoingRecord]:
            notebook.note(record, member)
            return (OutgoingRecord(topic=self.results, key=record.key, value=record.value),)

        return Processor(
            stream=stream,
            group=self.name,
            topic=self.name,
            handling=Handling(handler=handle, policy=HandlingPolicy(), clock=utc_now, random=random.random),
            unfinished=MarksInMemory(),
            metrics=Metrics(),
            clock=utc_now,
            random=random.random,
        )


async def publish_in_step(
    stream: Stream, work: Work, ids: Sequence[str], notebook: Notebook, *, start: int = 0
) -> None:
    """Publish all, again and again until acknowledged, never far ahead of what was handled."""
    publisher = await stream.publisher()
    try:
        for first in range(start, len(ids), BATCH):

            async def keeps_up(goal: int = first - AHEAD) -> bool:
                return notebook.effects() >= goal

            await until(keeps_up, seconds=LONG, what=f"{first - AHEAD} effects")
            batch = [
                OutgoingRecord(topic=work.name, key=i, value=i.encode()) for i in ids[first : first + BATCH]
            ]
            while not await _published(publisher.publish(batch)):
                await rest(0.5)
    finally:
        await publisher.close()


async def _published(call: Awaitable[None]) -> bool:
    try:
        await call
    except StreamUnavailableError:
        return False
    return True


@asynccontextmanager
async def member_process(
    servers: str, work: Work, member: str, notebook: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A member of the group in a process of its own; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos.kafka_group", servers, work.name, member, str(notebook)),
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@contextmanager
def hanging(cluster: KafkaCluster, broker: int) -> Iterator[None]:
    """The broker accepts connections and answers nobody."""
    pid = cluster.running()[broker]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


class _Announcing(KafkaStream):
    """Notes when its member has joined."""

    notebook: Notebook
    member: str

    async def consumer(self, *, group: str, topics: Sequence[str]) -> Consumer:
        consumer = await super().consumer(group=group, topics=topics)
        self.notebook.join(self.member)
        return consumer


async def _main(servers: str, name: str, member: str, notebook: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    notes = Notebook(Path(notebook))
    stream = _Announcing(servers)
    stream.notebook, stream.member = notes, member
    processor = Work(name=name).processor(stream, notes, member)
    await processor.run(processor.patience(stop))
    notes.close()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(_main(*sys.argv[1:]))
