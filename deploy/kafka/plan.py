"""What a cluster on this machine looks like, as a value, and the configuration that follows from it."""

import base64
import uuid
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A process on 127.0.0.1, both broker (`port`, for clients) and controller (`controller_port`)."""

    node_id: int
    port: int
    controller_port: int

    @property
    def address(self) -> str:
        """`host:port` for clients."""
        return f"127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPlan:
    """The identity and the nodes of a cluster, numbered from 1."""

    cluster_id: str
    nodes: tuple[Node, ...]


def plan_cluster(ports: tuple[int, ...], cluster_id: str) -> ClusterPlan:
    """A node for every two ports: the first for clients, the second for the controllers."""
    pairs = zip(ports[::2], ports[1::2], strict=True)
    nodes = (Node(node_id=i, port=port, controller_port=other) for i, (port, other) in enumerate(pairs, 1))
    return ClusterPlan(cluster_id=cluster_id, nodes=tuple(nodes))


def new_cluster_id() -> str:
    """A Kafka uuid: 22 characters of URL-safe base64, never with a dash first (it would be an option)."""
    raw = uuid.uuid4().bytes
    return base64.urlsafe_b64encode(bytes([raw[0] & 0x7F]) + raw[1:]).decode().rstrip("=")


def server_properties(plan: ClusterPlan, node: Node, data: Path) -> str:
    """The server.properties of `node`, whose records live in `data`."""
    settings = {
        **_identity(plan, node),
        **_replication(len(plan.nodes)),
        **_TEST_SIZED,
        "log.dirs": str(data),
    }
    return "".join(f"{name}={value}\n" for name, value in sorted(settings.items()))


def _identity(plan: ClusterPlan, node: Node) -> dict[str, str]:
    clients, controllers = f"PLAINTEXT://{node.address}", f"CONTROLLER://127.0.0.1:{node.controller_port}"
    return {
        "process.roles": "broker,controller",
        "node.id": str(node.node_id),
        # Voters by hand, not formatted into the records: the ports may then differ from run to run.
        "controller.quorum.voters": ",".join(
            f"{n.node_id}@127.0.0.1:{n.controller_port}" for n in plan.nodes
        ),
        "controller.listener.names": "CONTROLLER",
        "listeners": f"{clients},{controllers}",
        "advertised.listeners": clients,
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
    }


def _replication(brokers: int) -> dict[str, str]:
    factor, in_sync = str(brokers), str(max(1, brokers - 1))
    return {
        "default.replication.factor": factor,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": factor,
        "transaction.state.log.replication.factor": factor,
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.replication.factor": factor,
        "share.coordinator.state.topic.min.isr": in_sync,
    }


_TEST_SIZED = {
    "auto.create.topics.enable": "false",
    "unclean.leader.election.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    # A dead broker is noticed in 4 s instead of 9, a follower that fell behind in 10 s instead of 30.
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "4000",
    "replica.lag.time.max.ms": "10000",
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.num.partitions": "3",
    "share.coordinator.state.topic.num.partitions": "3",
    "log.segment.bytes": str(16 * 1024 * 1024),
    "log.index.size.max.bytes": str(1024 * 1024),
    "log.cleaner.dedupe.buffer.size": str(2 * 1024 * 1024),
    "num.network.threads": "2",
    "num.io.threads": "2",
    "background.threads": "2",
}
