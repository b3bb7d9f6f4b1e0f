"""A real webhook receiver on loopback, as a subscriber would write one with the public library."""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import msgspec
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

LOOPBACK = "127.0.0.1"
MAX_BODY_BYTES = 256 * 1024


@dataclass(slots=True)
class Received:
    """What came in: every request, those whose signature was good, and by webhook-id the alerts and the
    notices of feeds."""

    requests: int = 0
    verified: int = 0
    alerts: dict[str, dict[str, Any]] = field(default_factory=dict)
    notices: dict[str, dict[str, Any]] = field(default_factory=dict)


class Receiver:
    """Answers 204 to a message whose signature is good, 401 to any other; use as `async with`."""

    def __init__(self, *, port: int = 0) -> None:
        self.port = port
        self.received = Received()
        self._secret: str | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where alerts are to be sent, once it listens."""
        return f"http://{LOOPBACK}:{self.port}/alerts"

    def expect(self, secret: str) -> None:
        """Verify with this `whsec_…` secret from now on."""
        self._secret = secret

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.router.add_post("/alerts", self._receive)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        self.received.requests += 1
        body = await request.read()
        if self._secret is None or not _is_signed(self._secret, body, dict(request.headers)):
            return web.Response(status=401, text="the signature is not good")
        self.received.verified += 1
        message = msgspec.json.decode(body)
        kind = self.received.alerts if message["type"].startswith("alert.") else self.received.notices
        kind.setdefault(request.headers["webhook-id"], message)
        return web.Response(status=204)


def _is_signed(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    lowered = {name.lower(): value for name, value in headers.items()}
    try:
        Webhook(secret).verify(body, lowered)
    except (WebhookVerificationError, ValueError):  # the library raises plain ValueError for garbage headers
        return False
    return True
