"""A hub pushes a new entry, and the webhook tells of it long before the feed's next poll."""

from datetime import timedelta
from pathlib import Path

from aiohttp import web

from services.demo.receiver import Receiver
from shared.model.times import utc_now
from tests.contract.api.hub import Hub, running_hub
from tests.e2e.conftest import Engines
from tests.e2e.installation import Installation, installed, subscribe
from tests.e2e.rss import Item, rendered
from tests.waiting import until


class HubbedFeed:
    """A feed that names its hub in Link headers; counts how often it was asked for."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.asked = 0
        self.url = ""

    async def serve(self, request: web.Request) -> web.Response:
        self.asked += 1
        self.url = str(request.url)
        links = f'<{self.hub.url}>; rel="hub", <{self.url}>; rel="self"'
        return web.Response(
            body=rendered("hubbed", ()), content_type="application/rss+xml", headers={"link": links}
        )


def news() -> bytes:
    """What the hub sends: the new entry only, as hubs may."""
    entry = Item(
        guid="pushed-1",
        title="North Korea sends 1,500 soldiers to Russia, sample agency says",
        text="North Korea has sent 1,500 soldiers to Russia, the sample agency said on Friday.",
        published=utc_now() - timedelta(minutes=1),
    )
    return rendered("hubbed", [entry])


async def subscribed(installation: Installation, hub: Hub, port: int) -> None:
    """Add the feed and wait until the hub has our subscription."""
    await installation.post(
        "/v1/feeds",
        {"url": f"http://127.0.0.1:{port}/feed", "name": "Hubbed", "outlet": "hubbed", "language": "en"},
    )

    async def has_us() -> bool:
        return bool(hub.subscribers)

    await until(has_us, seconds=60, what=f"a subscription at the hub\n{installation.tail()}\n")


async def test_a_pushed_entry_becomes_an_alert_without_a_poll(embedded: Engines, tmp_path: Path) -> None:
    async with running_hub() as hub, Receiver() as receiver:
        feed = HubbedFeed(hub)
        app = web.Application()
        app.router.add_get("/feed", feed.serve)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port: int = runner.addresses[0][1]
        async with installed(
            stream=embedded.stream,
            database=embedded.database,
            folder=tmp_path,
            reachable=(port, receiver.port, int(hub.endpoint.rpartition(":")[2])),
            PACTWATCH_POLL_SECONDS="3600",
            PACTWATCH_POLL_FLOOR_SECONDS="3600",
        ) as installation:
            public = {"PACTWATCH_PUBLIC_URL": installation.url()}
            installation.environment = {**installation.environment, **public}
            await installation.start()
            await installation.ready()
            await subscribe(installation, receiver)
            await subscribed(installation, hub, port)
            forged = await hub.distribute(feed.url, news().replace(b"1,500", b"9,999"), signed=False)
            assert forged == [202]
            for _ in range(3):
                assert await hub.distribute(feed.url, news()) == [202]

            async def told() -> bool:
                return bool(receiver.received.alerts)

            await until(told, seconds=60, what=f"an alert\n{installation.tail()}\n")
            await installation.stop()
        await runner.cleanup()
        (alert,) = receiver.received.alerts.values()
        assert alert["type"] == "alert.first_report"
        assert "1,500" in alert["data"]["headline"]
        assert feed.asked == 1, "it was pushed, not polled"
