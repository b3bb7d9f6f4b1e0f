"""Apache Kafka on this machine: one broker or three, real processes on loopback, killable one by one."""

import asyncio
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta
from pathlib import Path

from deploy.commands import run, together
from deploy.kafka.plan import ClusterPlan, Node, server_properties
from deploy.kafka.program import KafkaProgram
from deploy.kafka.readiness import wait_until_named
from deploy.processes import Daemon
from deploy.texts import tail
from shared.errors import InputError, StreamUnavailableError

READY_DEADLINE = timedelta(seconds=90)
FORMAT_DEADLINE = timedelta(seconds=60)
STOP_GRACE = timedelta(seconds=15)
NO_GRACE = timedelta()


class KafkaCluster:
    """The brokers of one folder. Every method may be called again: what is already so stays so."""

    def __init__(
        self, *, directory: Path, plan: ClusterPlan, program: KafkaProgram, environment: Mapping[str, str]
    ) -> None:
        # The whole name, since it marks the brokers' command lines.
        self.directory = directory.absolute()
        self._plan = plan
        self._program = program
        self._environment = environment

    @property
    def bootstrap(self) -> str:
        """`host:port` of every broker, comma separated, running or not."""
        return ",".join(node.address for node in self._plan.nodes)

    @property
    def brokers(self) -> tuple[int, ...]:
        """The ids of all brokers, from 1."""
        return tuple(node.node_id for node in self._plan.nodes)

    def running(self) -> dict[int, int]:
        """The pid of every broker that runs, by broker id."""
        pids = {node_id: self._daemon(node_id).pid() for node_id in self.brokers}
        return {node_id: pid for node_id, pid in pids.items() if pid is not None}

    def address(self, node_id: int) -> str:
        """`host:port` where this broker serves clients."""
        return self._node(node_id).address

    async def start(self) -> None:
        """Start what does not run, wait until every broker names all; StreamUnavailableError with its log."""
        await together(self._format(node) for node in self._plan.nodes)
        for node_id in self.brokers:
            await self._spawn(node_id)
        await together(self._wait_ready(node_id, frozenset(self.brokers)) for node_id in self.brokers)

    async def start_broker(self, node_id: int) -> None:
        """Start one broker on its old port and records, and wait until it serves and counts itself in."""
        await self._spawn(node_id)
        await self._wait_ready(node_id, frozenset({node_id}))

    async def stop(self, grace: timedelta = STOP_GRACE) -> None:
        """End every broker in order, killing after `grace` those that hang; all are gone afterwards."""
        await together(self._daemon(node_id).end(grace=grace) for node_id in self.brokers)

    async def kill(self, node_id: int) -> None:
        """kill -9 one broker: it is gone when this returns, its records stay as they were."""
        await self._daemon(self._node(node_id).node_id).end(grace=NO_GRACE)

    def _node(self, node_id: int) -> Node:
        for node in self._plan.nodes:
            if node.node_id == node_id:
                return node
        raise InputError(f"the cluster has the brokers {self.brokers}, not {node_id}")

    def _home(self, node_id: int) -> Path:
        return self.directory / str(node_id)

    def _properties(self, node_id: int) -> Path:
        return self._home(node_id) / "server.properties"

    def _daemon(self, node_id: int) -> Daemon:
        return Daemon(pid_file=self._home(node_id) / "pid", marker=str(self._properties(node_id)))

    def _argv(self, node_id: int, main_class: str, *arguments: str) -> tuple[str, ...]:
        return self._program.argv(main_class, *arguments, log=self._home(node_id) / "broker.log")

    async def _format(self, node: Node) -> None:
        """Write the configuration anew; format the records' folder unless it is."""
        data = self._home(node.node_id) / "data"
        data.mkdir(parents=True, exist_ok=True)
        properties = self._properties(node.node_id)
        properties.write_text(server_properties(self._plan, node, data))
        if (data / "meta.properties").exists():
            return
        identity = ("--cluster-id", self._plan.cluster_id, "--config", str(properties))
        argv = self._argv(node.node_id, "kafka.tools.StorageTool", "format", *identity)
        outcome = await run(argv, deadline=FORMAT_DEADLINE, environment=self._environment)
        if outcome.status != 0:
            raise StreamUnavailableError(f"broker {node.node_id} could not be formatted: {outcome.output}")

    async def _spawn(self, node_id: int) -> None:
        daemon = self._daemon(node_id)
        if daemon.pid() is None:
            argv = self._argv(node_id, "kafka.Kafka", daemon.marker)
            await daemon.spawn(
                argv, output=self._home(node_id) / "console.log", environment=self._environment
            )

    async def _wait_ready(self, node_id: int, needed: AbstractSet[int]) -> None:
        """Ready, dead, or out of time: whichever comes first."""
        ready = asyncio.ensure_future(wait_until_named(self.address(node_id), needed))
        dead = asyncio.ensure_future(self._daemon(node_id).gone(within=READY_DEADLINE))
        try:
            await asyncio.wait({ready, dead}, return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                raise StreamUnavailableError(self._failure(node_id, died=dead.result()))
            ready.result()
        finally:
            ready.cancel()
            dead.cancel()
            await asyncio.gather(ready, dead, return_exceptions=True)

    def _failure(self, node_id: int, *, died: bool) -> str:
        what = (
            "died while starting" if died else f"was not ready after {READY_DEADLINE.total_seconds():.0f} s"
        )
        logs = (tail(self._home(node_id) / name) for name in ("console.log", "broker.log"))
        return "\n".join([f"broker {node_id} {what}; the end of its log:", *filter(None, logs)])
