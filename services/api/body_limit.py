"""No request body is larger or slower than allowed."""

import asyncio
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.problems import problem_response

MAX_BODY_BYTES: Final = 1024 * 1024
MAX_BODY_SECONDS: Final = 30


class BodyLimit:
    """Reads the request's body before the app does: 413 beyond a MiB, 408 when it takes too long.

    Routes under `except_under` read and bound theirs by themselves.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        most: int = MAX_BODY_BYTES,
        seconds: float = MAX_BODY_SECONDS,
        except_under: tuple[str, ...] = (),
    ) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds
        self._except_under = except_under

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._except_under):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(receive)
        except TimeoutError:
            refusal = problem_response(408, "request-timeout", f"no whole body within {self._seconds} s")
            await refusal(scope, receive, send)
            return
        if body is None:
            detail = f"the body has more than {self._most} bytes"
            await problem_response(413, "content-too-large", detail)(scope, receive, send)
            return
        await self._app(scope, _replayed(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return bytes(body)
            body += message.get("body", b"")
            if len(body) > self._most:
                return None
            if not message.get("more_body", False):
                return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    rest: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return rest.pop() if rest else await receive()

    return replay
