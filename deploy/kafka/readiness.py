"""When a broker is ready: not when its port is open, but when it names the brokers that are needed."""

import asyncio
from collections.abc import Set as AbstractSet

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

PAUSE_SECONDS = 0.1
REQUEST_TIMEOUT_MS = 3_000


async def wait_until_named(address: str, needed: AbstractSet[int]) -> None:
    """Ask the broker at `address` for metadata until it names all `needed` brokers; has no deadline."""
    while True:
        if needed <= await brokers_named_by(address):
            return
        await asyncio.sleep(PAUSE_SECONDS)


async def brokers_named_by(address: str) -> frozenset[int]:
    """The ids of the brokers in a metadata answer from `address`; none when there is no answer."""
    if not await _is_open(address):
        return frozenset()
    client = AIOKafkaClient(bootstrap_servers=address, request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await client.bootstrap()
        return frozenset(broker.nodeId for broker in client.cluster.brokers())
    except KafkaError:
        return frozenset()
    finally:
        await client.close()


async def _is_open(address: str) -> bool:
    """The client library reports every refused connection as an error in the log: look before it does."""
    host, _, port = address.rpartition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return False
    writer.close()
    return True
