"""The real servers keep what they acknowledged, come back when killed, and leave nothing behind."""

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from deploy.kafka.cluster import KafkaCluster
from deploy.kafka.folder import open_cluster
from deploy.kafka.readiness import brokers_named_by
from deploy.loopback import free_ports
from deploy.postgres.databases import asyncpg_url
from deploy.postgres.folder import open_server
from deploy.postgres.server import PostgresServer
from deploy.processes import Daemon
from shared.errors import InputError, StreamUnavailableError
from tests.servers import demand_kafka_program, demand_postgres_program


async def test_a_started_broker_names_itself_in_a_metadata_answer(killable_broker: KafkaCluster) -> None:
    assert await brokers_named_by(killable_broker.address(1)) == {1}


async def test_an_acknowledged_record_survives_kill_9_and_restart_of_its_broker(
    killable_broker: KafkaCluster,
) -> None:
    topic = await new_topic(killable_broker)
    await send(killable_broker.bootstrap, topic, [b"kept"])
    await killable_broker.kill(1)
    assert await brokers_named_by(killable_broker.address(1)) == frozenset()
    await killable_broker.start_broker(1)
    assert await everything_in(killable_broker.bootstrap, topic) == [b"kept"]


async def test_starting_a_running_cluster_again_leaves_its_processes(killable_broker: KafkaCluster) -> None:
    before = killable_broker.running()
    await killable_broker.start()
    assert killable_broker.running() == before != {}


async def test_another_program_that_opens_the_folder_has_the_same_cluster(
    killable_broker: KafkaCluster,
) -> None:
    same = await open_cluster(killable_broker.directory, brokers=None, environment=os.environ)
    assert (same.bootstrap, same.running()) == (killable_broker.bootstrap, killable_broker.running())


async def test_a_folder_refuses_a_cluster_of_another_size(killable_broker: KafkaCluster) -> None:
    with pytest.raises(InputError, match="holds a cluster of 1, not of 3"):
        await open_cluster(killable_broker.directory, brokers=3, environment=os.environ)


async def test_three_brokers_keep_accepting_fully_acknowledged_writes_with_one_killed(
    kafka_cluster: KafkaCluster,
) -> None:
    topic = await new_topic(kafka_cluster, partitions=6)
    before, during = ([b"%s %d" % (when, i) for i in range(60)] for when in (b"before", b"during"))
    await send(kafka_cluster.bootstrap, topic, before)
    await kafka_cluster.kill(2)
    await send(kafka_cluster.bootstrap, topic, during)
    assert sorted(kafka_cluster.running()) == [1, 3]
    await kafka_cluster.start_broker(2)
    assert sorted(await everything_in(kafka_cluster.bootstrap, topic)) == sorted(before + during)


async def test_a_stopped_cluster_leaves_no_process_and_starts_again_on_its_records(
    killable_broker: KafkaCluster,
) -> None:
    topic = await new_topic(killable_broker)
    await send(killable_broker.bootstrap, topic, [b"kept"])
    assert processes_naming(killable_broker.directory) != []
    await killable_broker.stop()
    assert processes_naming(killable_broker.directory) == []
    await killable_broker.start()
    assert await everything_in(killable_broker.bootstrap, topic) == [b"kept"]


async def test_a_broker_that_cannot_start_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    await demand_kafka_program()
    (port,) = free_ports(1)
    occupant = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    async with occupant:
        cluster = await open_cluster(tmp_path, brokers=1, environment=os.environ, port_base=port)
        with pytest.raises(StreamUnavailableError, match=r"(?s)broker 1 died while starting.*already in use"):
            await cluster.start()


async def test_a_pid_that_now_belongs_to_another_program_is_neither_counted_nor_killed(
    tmp_path: Path,
) -> None:
    pipe = asyncio.subprocess.PIPE
    bystander = await asyncio.create_subprocess_exec("cat", stdin=pipe, stdout=pipe)
    daemon = Daemon(pid_file=tmp_path / "pid", marker="our server")
    daemon.pid_file.write_text(f"{bystander.pid}\n")
    assert daemon.pid() is None
    await daemon.end(grace=timedelta())
    echoed, _ = await bystander.communicate(b"still here")
    assert echoed == b"still here"


async def test_postgresql_comes_back_from_kill_9_with_its_committed_rows(
    killable_postgres: PostgresServer,
) -> None:
    dsn = await killable_postgres.create_database(f"test_{uuid.uuid4().hex}")
    async with connected(dsn) as connection:
        await connection.execute(text("CREATE TABLE kept AS SELECT 'told' AS word"))
        await connection.commit()
        await killable_postgres.kill()
        assert killable_postgres.running() is None
        await connection.invalidate()
    await killable_postgres.start()
    async with connected(dsn) as connection:
        assert await connection.scalar(text("SELECT word FROM kept")) == "told"


async def test_starting_a_running_postgresql_again_leaves_its_process(
    killable_postgres: PostgresServer,
) -> None:
    before = killable_postgres.running()
    await killable_postgres.start()
    assert killable_postgres.running() == before is not None


async def test_a_stopped_postgresql_leaves_no_process(tmp_path: Path) -> None:
    demand_postgres_program()
    server = await open_server(tmp_path, environment=os.environ, fsync=False)
    await server.start()
    assert processes_naming(server.place) != []
    await server.stop()
    assert processes_naming(server.place) == []
    shutil.rmtree(server.place)


@pytest.mark.parametrize("name", ['x"; DROP DATABASE postgres; --', "", "a" * 64, "имя"])
async def test_a_name_that_is_none_makes_no_database(killable_postgres: PostgresServer, name: str) -> None:
    with pytest.raises(InputError, match="not a name for a database"):
        await killable_postgres.create_database(name)


async def test_every_fresh_database_is_empty_and_its_own(postgres_dsn: str) -> None:
    async with connected(postgres_dsn) as connection:
        found = await connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        assert found.all() == []


async def test_the_broker_of_the_session_answers(kafka_broker: str) -> None:
    assert await brokers_named_by(kafka_broker)


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(asyncpg_url(dsn), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def new_topic(cluster: KafkaCluster, partitions: int = 1) -> str:
    name = f"test-{uuid.uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    await admin.start()
    try:
        topic = NewTopic(name=name, num_partitions=partitions, replication_factor=len(cluster.brokers))
        await admin.create_topics([topic])
    finally:
        await admin.close()
    return name


async def send(bootstrap: str, topic: str, values: list[bytes]) -> None:
    """Every record is acknowledged by all replicas in sync when this returns."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        async with asyncio.timeout(60):
            await asyncio.gather(*(producer.send_and_wait(topic, value, key=value) for value in values))
    finally:
        await producer.stop()


async def everything_in(bootstrap: str, topic: str) -> list[bytes]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        assert ends, "the topic has no partitions"
        async with asyncio.timeout(60):
            return [(await consumer.getone()).value for _ in range(sum(ends.values()))]
    finally:
        await consumer.stop()


def processes_naming(directory: Path) -> list[int]:
    """The pids of all processes with this folder on their command lines."""
    needle = os.fsencode(directory)
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if needle in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
