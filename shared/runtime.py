"""What every process of Pactwatch is built on; made from the settings in a composition root, nowhere else."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import structlog

from shared.bus.embedded import EmbeddedStream
from shared.bus.kafka import KafkaStream
from shared.bus.prefixed import PrefixedStream
from shared.db import Database
from shared.errors import SettingsError, UnavailableError
from shared.handling import Handler, Handling, HandlingPolicy
from shared.http.addresses import AddressPolicy
from shared.http.client import GuardedClient
from shared.metrics import Metrics
from shared.migrate import upgrade
from shared.model.times import Clock, utc_now
from shared.patience import Patience, Stopped
from shared.ports import Stream
from shared.probes import Readiness, probe_app
from shared.processor import Processor
from shared.retry import Randomness
from shared.serving import listen, serve
from shared.settings import Settings
from shared.store.unfinished import UnfinishedRecords
from shared.topics import GROUP_TOPIC, topic_specs

WEBHOOKS_PER_HOST = 100
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The engines, the clocks and chance, handed down to the services.

    `clock` is the time stories live in, which a replay sets; `wall` is the machine's, by which leases,
    retries and signatures go.
    """

    settings: Settings
    database: Database
    stream: Stream
    http: GuardedClient
    webhooks: GuardedClient
    """As `http`, but for many connections to one host: the dispatcher bounds them per endpoint."""
    addresses: AddressPolicy
    metrics: Metrics
    clock: Clock
    wall: Clock
    random: Randomness
    prepared: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the schema and the topics are there."""
    waiting: dict[str, Callable[[], str | None]] = field(default_factory=dict)
    """For each part that works by itself, why it does not move; None while it does."""


def open_stream(settings: Settings) -> Stream:
    """The stream engine the settings name; nothing is connected yet."""
    if settings.kafka_servers is not None:
        kafka = KafkaStream(settings.kafka_servers, replication=settings.replication)
        return PrefixedStream(kafka, settings.topic_prefix) if settings.topic_prefix else kafka
    _make_folder(settings.stream_path.parent, "PACTWATCH_STREAM")
    return EmbeddedStream(settings.stream_path)


def open_database(settings: Settings) -> Database:
    """The database the settings name; nothing is connected yet."""
    if settings.sqlite_path is not None:
        _make_folder(settings.sqlite_path.parent, "PACTWATCH_DATABASE")
    return Database(settings.database)


def user_agent(settings: Settings) -> str:
    """How requests say who asks and whom to write to."""
    return f"Pactwatch/{version('pactwatch')} (+{settings.contact})"


def _make_folder(folder: Path, variable: str) -> None:
    """Raises SettingsError naming the variable that asked for it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{variable}: cannot make the folder {folder}: {error.strerror}") from error


@asynccontextmanager
async def open_runtime(settings: Settings, *, clock: Clock = utc_now) -> AsyncIterator[Runtime]:
    """Everything opened, and closed in the opposite order at the end."""
    addresses = AddressPolicy.named(endpoints=settings.loopback_endpoints)
    async with AsyncExitStack() as stack:
        stream = open_stream(settings)
        stack.push_async_callback(stream.close)
        database = open_database(settings)
        stack.push_async_callback(database.close)
        agent = user_agent(settings)
        http = await stack.enter_async_context(GuardedClient(policy=addresses, user_agent=agent))
        webhooks = await stack.enter_async_context(
            GuardedClient(policy=addresses, user_agent=agent, connections_per_host=WEBHOOKS_PER_HOST)
        )
        yield Runtime(
            settings=settings,
            database=database,
            stream=stream,
            http=http,
            webhooks=webhooks,
            addresses=addresses,
            metrics=Metrics(),
            clock=clock,
            wall=utc_now,
            random=random.random,
        )


async def prepare(runtime: Runtime, stop: asyncio.Event) -> None:
    """Bring the schema and the topics up to date, waiting for servers that are not there yet.

    Returns early when `stop` is set meanwhile.
    """
    patience = Patience(name="prepare", metrics=runtime.metrics, random=runtime.random, stop=stop)
    try:
        await patience.insist(lambda: upgrade(runtime.database))
        await patience.insist(lambda: runtime.stream.create_topics(topic_specs(runtime.settings.partitions)))
    except Stopped:
        log.info("stopped_waiting", waiting_for=patience.waiting_for)
    else:
        runtime.prepared.set()
        log.info("prepared")


def readiness(runtime: Runtime) -> Readiness:
    """What every service needs to work."""

    async def prepared() -> None:
        if not runtime.prepared.is_set():
            raise UnavailableError("the schema and the topics are not made yet")

    async def work() -> None:
        reasons = [f"{name}: {why}" for name, ask in runtime.waiting.items() if (why := ask()) is not None]
        if reasons:
            raise UnavailableError("; ".join(reasons))

    return Readiness(
        checks={
            "stream": runtime.stream.check,
            "database": runtime.database.check,
            "prepared": prepared,
            "work": work,
        }
    )


def consumer_group(runtime: Runtime, *, group: str, handler: Handler) -> Processor:
    """The consume loop of a group of this process."""
    return Processor(
        stream=runtime.stream,
        group=group,
        topic=GROUP_TOPIC[group],
        handling=Handling(
            handler=handler, policy=HandlingPolicy(), clock=runtime.wall, random=runtime.random
        ),
        unfinished=UnfinishedRecords(runtime.database, group),
        metrics=runtime.metrics,
        clock=runtime.wall,
        random=runtime.random,
    )


async def run_group(runtime: Runtime, group: Processor, stop: asyncio.Event) -> None:
    """Consume until `stop` is set; readiness tells why whenever the group does not move."""
    patience = group.patience(stop)
    runtime.waiting[group.group] = lambda: patience.waiting_for
    await group.run(patience)


async def serve_probes(runtime: Runtime, port: int, stop: asyncio.Event) -> None:
    """Health, readiness and metrics of a service without pages; port 0 serves none."""
    if port == 0:
        await stop.wait()
        return
    listener = listen(runtime.settings.host, port)
    await serve(probe_app(readiness(runtime), runtime.metrics), listener, stop)
