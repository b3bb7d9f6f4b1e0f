"""A feed server on loopback that answers as told, and remembers how it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web


@dataclass(slots=True, kw_only=True)
class Answer:
    """What one address answers."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Origin:
    """Serves `answers` by path; 404 for others. A conditional request gets 304 where the ETag fits."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.port = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def serve(self, path: str, document: str | bytes, *, status: int = 200, **headers: str) -> str:
        """Answer so from now on; underscores in header names stand for hyphens."""
        body = document if isinstance(document, bytes) else document.encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(body=body, status=status, headers=named)
        return self.url(path)

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of each request for this path, names in lower case."""
        return [headers for asked, headers in self.requests if asked == path]

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.requests.append((request.path, {name.lower(): value for name, value in request.headers.items()}))
        answer = self.answers.get(request.path, Answer(status=404))
        etag = answer.headers.get("ETag")
        if answer.status == 200 and etag and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        headers = {"Content-Type": "application/rss+xml", **answer.headers}
        return web.Response(body=answer.body, status=answer.status, headers=headers)
