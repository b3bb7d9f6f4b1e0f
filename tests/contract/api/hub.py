"""A WebSub hub on loopback, after the W3C Recommendation, that misbehaves where a test asks for it."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO

import aiohttp
from aiohttp import web

LEASE_SECONDS = 864_000
FEED = "application/rss+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Whoever subscribed, with the secret to sign with."""

    callback: str
    topic: str
    secret: str


@dataclass(slots=True, kw_only=True)
class Hub:
    """The hub at `url`. `requests` are the forms that came in, `refusals` the codes verifications got.

    - `status`: what requests are answered with; `elsewhere` redirects them.
    - `verifies`: whether it ever asks back; `at_once`: it does so before it answers.
    - `denies`: the reason it gives for a no. `lease`: what it grants. `asks_about`: another topic than asked.
    """

    endpoint: str = ""
    requests: list[dict[str, str]] = field(default_factory=list)
    subscribers: dict[tuple[str, str], Subscriber] = field(default_factory=dict)
    refusals: list[int] = field(default_factory=list)
    status: int = 202
    elsewhere: str | None = None
    verifies: bool = True
    at_once: bool = False
    denies: str | None = None
    lease: int = LEASE_SECONDS
    asks_about: str | None = None
    challenge: str = "a-challenge-to-echo"
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://{self.endpoint}/"

    async def settled(self) -> None:
        """Wait until every verification under way is done."""
        while self.tasks:
            await asyncio.gather(*tuple(self.tasks))

    async def distribute(
        self,
        topic: str,
        body: bytes,
        *,
        signature: str | None = None,
        signed: bool = True,
        method: str = "sha256",
        headers: dict[str, str] | None = None,
    ) -> list[int]:
        """Push to every subscriber of the topic, signed unless told otherwise; the codes they answer."""
        codes = []
        async with _session() as session:
            for each in [found for found in self.subscribers.values() if found.topic == topic]:
                digest = hmac.new(each.secret.encode(), body, method).hexdigest()
                sent = {"content-type": FEED, "link": f'<{self.url}>; rel="hub", <{topic}>; rel="self"'}
                if signed:
                    sent["x-hub-signature"] = signature or f"{method}={digest}"
                async with session.post(
                    each.callback, data=BytesIO(body), headers=sent | (headers or {})
                ) as answer:
                    codes.append(answer.status)
        return codes

    async def receive(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.requests.append(form)
        if self.elsewhere is not None:
            return web.Response(status=307, headers={"location": self.elsewhere})
        if self.status != 202:
            return web.Response(status=self.status, text="the hub is not well")
        assert len(form.get("hub.secret", "")) < 200
        if self.at_once:
            await self.follow_up(form)
        else:
            task = asyncio.create_task(self.follow_up(form))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return web.Response(status=202)

    async def follow_up(self, form: dict[str, str]) -> None:
        """Deny or verify what the form asked for."""
        if self.denies is not None:
            await self.ask_back(form, {"hub.mode": "denied", "hub.reason": self.denies})
        elif self.verifies and await self.ask_back(form, self._question(form)):
            key = (form["hub.callback"], form["hub.topic"])
            if form["hub.mode"] == "subscribe":
                self.subscribers[key] = Subscriber(callback=key[0], topic=key[1], secret=form["hub.secret"])
            else:
                self.subscribers.pop(key, None)

    async def ask_back(self, form: dict[str, str], question: dict[str, str]) -> bool:
        asked = {"hub.topic": self.asks_about or form["hub.topic"]} | question
        async with _session() as session, session.get(form["hub.callback"], params=asked) as answer:
            if answer.status != 200:
                self.refusals.append(answer.status)
            safe = answer.headers["x-content-type-options"] == "nosniff"
            return answer.status == 200 and await answer.text() == self.challenge and safe

    def _question(self, form: dict[str, str]) -> dict[str, str]:
        question = {"hub.mode": form["hub.mode"], "hub.challenge": self.challenge}
        if form["hub.mode"] == "subscribe":
            question["hub.lease_seconds"] = str(self.lease)
        return question


@asynccontextmanager
async def running_hub() -> AsyncIterator[Hub]:
    """A hub that listens."""
    hub = Hub()
    app = web.Application()
    app.router.add_post("/", hub.receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hub.endpoint = f"127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield hub
    finally:
        for task in tuple(hub.tasks):
            task.cancel()
        await asyncio.gather(*hub.tasks, return_exceptions=True)
        await runner.cleanup()


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20), trust_env=False)
