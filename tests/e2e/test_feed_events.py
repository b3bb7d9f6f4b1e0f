"""A feed's server dies and comes back, and the webhook receiver is told once each."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.demo.receiver import Receiver
from shared.model.times import utc_now
from tests.e2e.conftest import Engines
from tests.e2e.installation import Installation, free_port, installed, subscribe
from tests.e2e.rss import FeedHost, Item
from tests.waiting import until


def the_feeds() -> dict[str, list[Item]]:
    """One feed with an entry of today: one whose news is old would be called silent."""
    weather = "Weather: a sample of rain"
    return {"wire": [Item(guid="item-1", title=weather, text="It rains here.", published=utc_now())]}


def told(receiver: Receiver, kind: str) -> Sequence[dict[str, Any]]:
    return [message for message in receiver.received.notices.values() if message["type"] == kind]


async def until_read(installation: Installation) -> None:
    async def is_read() -> bool:
        return "feed_polled" in installation.log.read_text(errors="replace")

    await until(is_read, seconds=60, what=f"a first poll\n{installation.tail()}\n")


async def until_told(installation: Installation, receiver: Receiver, kind: str) -> dict[str, Any]:
    async def is_told() -> bool:
        return bool(told(receiver, kind))

    await until(is_told, seconds=90, what=f"{kind}\n{installation.tail()}\n")
    (message,) = told(receiver, kind)
    return message


async def test_a_dead_feed_is_told_with_its_reason_and_its_recovery_after_it(
    embedded: Engines, tmp_path: Path
) -> None:
    port = free_port()
    async with (
        Receiver() as receiver,
        installed(
            stream=embedded.stream,
            database=embedded.database,
            folder=tmp_path,
            reachable=(port, receiver.port),
        ) as installation,
    ):
        await installation.start()
        await installation.ready()
        await subscribe(installation, receiver)
        async with FeedHost(feeds=the_feeds(), port=port) as host:
            feed = {"url": host.url("wire"), "name": "Sample Wire", "outlet": "wire", "language": "en"}
            await installation.post("/v1/feeds", feed)
            await until_read(installation)
        dead = await until_told(installation, receiver, "feed.unhealthy")
        async with FeedHost(feeds=the_feeds(), port=port):
            back = await until_told(installation, receiver, "feed.recovered")
        deliveries = await installation.all("/v1/deliveries")
        await installation.stop()
    assert (dead["data"]["name"], dead["data"]["health"]) == ("Sample Wire", "failing")
    assert dead["data"]["headline"] == "Sample Wire cannot be reached"
    assert dead["data"]["because"].startswith("no document since")
    assert (back["data"]["health"], back["data"]["before"]) == ("healthy", "failing")
    assert len(receiver.received.notices) == 2
    assert receiver.received.requests == receiver.received.verified
    assert len(deliveries) == 2
