"""The only broker gone, or hanging, for PACTWATCH_OUTAGE_SECONDS under load: the group waits and goes on."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from deploy.kafka.cluster import KafkaCluster
from shared.bus.kafka import KafkaLimits, KafkaStream
from shared.errors import StreamUnavailableError
from shared.patience import Patience
from shared.ports import OutgoingRecord
from tests.chaos.kafka_group import LONG, Notebook, Work, hanging, publish_in_step
from tests.waiting import rest, until

RECORDS = 1000
SECONDS = float(os.environ.get("PACTWATCH_OUTAGE_SECONDS", "15"))
IMPATIENT = KafkaLimits(
    ask=timedelta(seconds=3),
    commit=timedelta(seconds=3),
    publish=timedelta(seconds=5),
    stop=timedelta(seconds=3),
    session=timedelta(seconds=10),
    rebalance=timedelta(seconds=20),
    drain=timedelta(seconds=15),
    request=timedelta(seconds=5),
    ask_every=timedelta(seconds=2),
    silent_after=timedelta(seconds=8),
    stuck_after=timedelta(seconds=20),
)
log = structlog.get_logger()
pytestmark = [
    pytest.mark.chaos,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300 + 2 * SECONDS),
]


@dataclass(slots=True, kw_only=True)
class Scene:
    """A running group under load."""

    stream: KafkaStream
    work: Work
    notebook: Notebook
    patience: Patience
    running: asyncio.Task[None]

    async def effects(self, goal: int) -> None:
        async def reached() -> bool:
            return self.notebook.effects() >= goal

        await until(reached, seconds=LONG, what=f"{goal} effects")

    async def waits(self) -> None:
        async def waiting() -> bool:
            return self.patience.waiting_for is not None

        await until(waiting, seconds=LONG, what="a group that waits")


@pytest.fixture
async def notebook(tmp_path: Path) -> AsyncIterator[Notebook]:
    notes = Notebook(tmp_path / "notes.db")
    yield notes
    notes.close()


@asynccontextmanager
async def scene(cluster: KafkaCluster, work: Work, notebook: Notebook) -> AsyncIterator[Scene]:
    """A member in this process, which ends in good order."""
    stream = KafkaStream(cluster.bootstrap, limits=IMPATIENT)
    await work.create(stream)
    stop = asyncio.Event()
    processor = work.processor(stream, notebook, "only")
    patience = processor.patience(stop)
    running = asyncio.create_task(processor.run(patience))
    yield Scene(stream=stream, work=work, notebook=notebook, patience=patience, running=running)
    stop.set()
    await asyncio.wait_for(running, 60)


@asynccontextmanager
async def stopped(cluster: KafkaCluster) -> AsyncIterator[None]:
    """No broker; connections are refused."""
    await cluster.kill(1)
    yield
    await cluster.start_broker(1)


@asynccontextmanager
async def hung(cluster: KafkaCluster) -> AsyncIterator[None]:
    """A broker that accepts connections and answers nobody."""
    with hanging(cluster, 1):
        yield


OUTAGES = {"stopped": stopped, "hung": hung}


@pytest.mark.parametrize("kind", OUTAGES)
async def test_a_group_outlives_an_outage_without_a_restart(
    killable_broker: KafkaCluster, notebook: Notebook, kind: str
) -> None:
    loop = asyncio.get_running_loop()
    ids = [f"record-{number}" for number in range(RECORDS)]
    async with scene(killable_broker, Work(name=kind), notebook) as group:
        publishing = asyncio.create_task(publish_in_step(group.stream, group.work, ids, notebook))
        await group.effects(RECORDS // 4)
        async with OUTAGES[kind](killable_broker):
            gone_at = loop.time()
            await group.waits()
            with pytest.raises(StreamUnavailableError):
                await group.stream.check()
            noticed = loop.time() - gone_at
            await rest(max(0.0, SECONDS - noticed))
            assert not group.running.done()
        back_at, before = loop.time(), notebook.effects()
        await group.effects(before + 1)
        resumed = loop.time() - back_at
        await publishing
        await until(lambda: group.work.is_finished(group.stream), seconds=LONG, what="the last commit")
        assert group.patience.waiting_for is None
        assert not group.running.done()
    assert notebook.ids() == set(ids)
    assert set(await group.work.result_ids(group.stream)) == set(ids)
    log.info(
        "outage_survived",
        kind=kind,
        noticed=round(noticed, 1),
        resumed=round(resumed, 1),
        redelivered=notebook.redelivered(),
    )


@pytest.mark.parametrize("kind", OUTAGES)
async def test_a_publisher_says_that_it_does_not_know_closes_in_time_and_leaves_nothing_behind(
    killable_broker: KafkaCluster, kind: str
) -> None:
    stream, work = (
        KafkaStream(killable_broker.bootstrap, limits=IMPATIENT),
        Work(name=f"give-up-{kind}"),
    )
    await work.create(stream)
    record = OutgoingRecord(topic=work.name, key="key", value=b"x")
    publisher, other = await stream.publisher(), await stream.publisher()
    await publisher.publish([record])
    await other.publish([record])
    tasks = asyncio.all_tasks()
    async with OUTAGES[kind](killable_broker):
        async with asyncio.timeout(IMPATIENT.publish.total_seconds() + 10):
            with pytest.raises(StreamUnavailableError):
                await publisher.publish([record])
        pending = asyncio.create_task(other.publish([record]))
        async with asyncio.timeout(25):
            await other.close()
        with pytest.raises(StreamUnavailableError):
            await pending
        assert len(asyncio.all_tasks()) <= len(tasks)
    await publisher.publish([record])
    await publisher.close()


@pytest.mark.parametrize("kind", OUTAGES)
async def test_a_member_leaves_in_time_and_leaves_nothing_behind_while_no_broker_answers(
    killable_broker: KafkaCluster, kind: str
) -> None:
    stream, work = (
        KafkaStream(killable_broker.bootstrap, limits=IMPATIENT),
        Work(name=f"leave-{kind}"),
    )
    await work.create(stream)
    before = len(asyncio.all_tasks())
    consumer = await stream.consumer(group=work.name, topics=[work.name])
    async with OUTAGES[kind](killable_broker):
        async with asyncio.timeout(25):
            await consumer.close()
        assert len(asyncio.all_tasks()) == before
