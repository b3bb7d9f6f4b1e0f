"""Three brokers, one of them killed with signal 9 while two members work and one of these joins late."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from deploy.kafka.cluster import KafkaCluster
from shared.bus.kafka import KafkaStream
from shared.errors import StreamUnavailableError
from shared.processor import MAX_RECORDS
from tests.chaos.kafka_group import LONG, Notebook, Work, hanging, member_process, publish_in_step
from tests.waiting import until

RECORDS = 2000
LATE_AT, KILL_AT, RESTART_AT, LAST_FROM = 300, 700, 1300, 1500
log = structlog.get_logger()
pytestmark = [pytest.mark.chaos, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(400)]


@pytest.fixture
async def notebook(tmp_path: Path) -> AsyncIterator[Notebook]:
    notes = Notebook(tmp_path / "notes.db")
    yield notes
    notes.close()


async def effects(notebook: Notebook, goal: int) -> None:
    """Until so many records have had their effect."""

    async def reached() -> bool:
        return notebook.effects() >= goal

    await until(reached, seconds=LONG, what=f"{goal} effects")


async def load(stream: KafkaStream, work: Work, ids: list[str], notebook: Notebook) -> None:
    """Publish all, the last of it once both members have joined."""

    async def both_joined() -> bool:
        return notebook.joined() == 2

    await publish_in_step(stream, work, ids[:LAST_FROM], notebook)
    await until(both_joined, seconds=LONG, what="the late member")
    await publish_in_step(stream, work, ids, notebook, start=LAST_FROM)


async def outlive(cluster: KafkaCluster, broker: int, notebook: Notebook) -> float:
    """Kill the broker, start it again once work went on without it; how many seconds work stood still."""
    loop = asyncio.get_running_loop()
    await effects(notebook, KILL_AT)
    killed_at = loop.time()
    await cluster.kill(broker)
    await effects(notebook, notebook.effects() + 1)
    moved_at = loop.time()
    await effects(notebook, RESTART_AT)
    await cluster.start_broker(broker)
    return moved_at - killed_at


@pytest.mark.parametrize("broker", [1, 2, 3])
async def test_nothing_is_lost_or_doubled_when_a_broker_dies_under_two_members(
    kafka_cluster: KafkaCluster, notebook: Notebook, tmp_path: Path, broker: int
) -> None:
    servers, work = kafka_cluster.bootstrap, Work(name=f"broker-{broker}-dies")
    stream = KafkaStream(servers, replication=3)
    await work.create(stream)
    ids = [f"record-{number}" for number in range(RECORDS)]
    async with (
        asyncio.TaskGroup() as tasks,
        member_process(servers, work, "early", tmp_path / "notes.db") as early,
    ):
        publishing = tasks.create_task(load(stream, work, ids, notebook))
        await effects(notebook, LATE_AT)
        async with member_process(servers, work, "late", tmp_path / "notes.db") as late:
            stood_still = await outlive(kafka_cluster, broker, notebook)
            await publishing
            await until(lambda: work.is_finished(stream), seconds=LONG, what="the last commit")
            for member in (early, late):
                member.send_signal(signal.SIGTERM)
                assert await asyncio.wait_for(member.wait(), 60) == 0
    assert notebook.ids() == set(ids)
    assert set(notebook.shares()) == {"early", "late"}
    results = Counter(await work.result_ids(stream))
    assert set(results) == set(ids)
    assert notebook.redelivered() <= 2 * MAX_RECORDS, "more than the batch each member had in hand"
    log.info(
        "cluster_survived",
        broker=broker,
        redelivered=notebook.redelivered(),
        results_again=results.total() - RECORDS,
        stood_still=round(stood_still, 1),
        shares=notebook.shares(),
    )


async def test_two_dead_brokers_of_three_stop_the_writers_and_lose_nothing(
    kafka_cluster: KafkaCluster, tmp_path: Path, notebook: Notebook
) -> None:
    stream, work = KafkaStream(kafka_cluster.bootstrap, replication=3), Work(name="two-die")
    await work.create(stream)
    ids = [f"record-{number}" for number in range(300)]
    async with member_process(kafka_cluster.bootstrap, work, "only", tmp_path / "notes.db"):
        await publish_in_step(stream, work, ids[:100], notebook)
        for broker in (1, 2):
            await kafka_cluster.kill(broker)
        publishing = asyncio.create_task(publish_in_step(stream, work, ids, notebook))
        await asyncio.wait({publishing}, timeout=10)
        assert not publishing.done()
        await kafka_cluster.start()
        await publishing
        await until(lambda: work.is_finished(stream), seconds=LONG, what="the last commit")
    assert notebook.ids() == set(ids)
    assert set(await work.result_ids(stream)) == set(ids)


async def test_the_check_passes_while_one_broker_of_three_hangs_and_fails_when_none_answers(
    kafka_cluster: KafkaCluster,
) -> None:
    stream = KafkaStream(kafka_cluster.bootstrap, replication=3)
    with hanging(kafka_cluster, 1):
        for _ in range(5):  # the brokers are tried in random order
            await stream.check()
    with pytest.raises(StreamUnavailableError):
        await KafkaStream("127.0.0.1:1").check()
