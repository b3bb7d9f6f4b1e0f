"""The folder that a cluster lives in: another program that opens it has the same cluster.

It holds `cluster.json` (identity, ports) and per broker `<id>/` with server.properties, pid, data and logs.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from deploy.kafka.cluster import NO_GRACE, KafkaCluster
from deploy.kafka.plan import ClusterPlan, new_cluster_id, plan_cluster
from deploy.kafka.program import locate_program
from deploy.loopback import free_ports, is_free
from shared.errors import InputError

PLAN_FILE = "cluster.json"


async def open_cluster(
    directory: Path, *, brokers: int | None, environment: Mapping[str, str], port_base: int | None = None
) -> KafkaCluster:
    """The cluster of a folder, started or not; made when the folder has none and `brokers` says how many.

    With nobody running, ports that somebody took meanwhile are chosen anew (or from `port_base` upwards); the
    records stay. InputError when the folder holds a cluster of another size, or none and `brokers` is None.
    """
    program = await locate_program(environment)
    recorded = _recorded(directory)
    plan = _fitting(directory, recorded, brokers) if recorded else _new_plan(directory, brokers, port_base)

    def cluster() -> KafkaCluster:
        return KafkaCluster(directory=directory, plan=plan, program=program, environment=environment)

    if not cluster().running():
        plan = _with_free_ports(plan, port_base)
        _record(directory, plan)
    return cluster()


@asynccontextmanager
async def throwaway_cluster(brokers: int, environment: Mapping[str, str]) -> AsyncIterator[KafkaCluster]:
    """A started cluster in a folder of its own; afterwards neither processes nor files are left."""
    directory = Path(tempfile.mkdtemp(prefix="pactwatch-kafka-"))
    try:
        cluster = await open_cluster(directory, brokers=brokers, environment=environment)
        try:
            await cluster.start()
            yield cluster
        finally:
            await cluster.stop(NO_GRACE)
    finally:
        shutil.rmtree(directory)


def _recorded(directory: Path) -> ClusterPlan | None:
    try:
        return msgspec.json.decode((directory / PLAN_FILE).read_bytes(), type=ClusterPlan)
    except FileNotFoundError:
        return None


def _record(directory: Path, plan: ClusterPlan) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / PLAN_FILE).write_bytes(msgspec.json.encode(plan))


def _fitting(directory: Path, plan: ClusterPlan, brokers: int | None) -> ClusterPlan:
    if brokers not in {None, len(plan.nodes)}:
        raise InputError(
            f"{directory} holds a cluster of {len(plan.nodes)}, not of {brokers}: stop and remove it"
        )
    return plan


def _new_plan(directory: Path, brokers: int | None, port_base: int | None) -> ClusterPlan:
    if brokers is None:
        raise InputError(f"no Kafka cluster in {directory}")
    return plan_cluster(_choose_ports(brokers, port_base), new_cluster_id())


def _with_free_ports(plan: ClusterPlan, port_base: int | None) -> ClusterPlan:
    ports = tuple(port for node in plan.nodes for port in (node.port, node.controller_port))
    if port_base in {None, ports[0]} and all(map(is_free, ports)):
        return plan
    return plan_cluster(_choose_ports(len(plan.nodes), port_base), plan.cluster_id)


def _choose_ports(brokers: int, port_base: int | None) -> tuple[int, ...]:
    count = 2 * brokers
    return free_ports(count) if port_base is None else tuple(range(port_base, port_base + count))
