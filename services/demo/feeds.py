"""The sample outlets' feeds, served over loopback HTTP."""

from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

import structlog
from aiohttp import web

from services.demo.archive import Archive, FeedFormat, SampleOutlet
from services.demo.rendering import RenderedFeed, rendered_feed
from shared.errors import SettingsError
from shared.model.times import Clock

LOOPBACK = "127.0.0.1"
CLOSE_SECONDS = 2.0
CONTENT_TYPES = {FeedFormat.RSS: "application/rss+xml", FeedFormat.ATOM: "application/atom+xml"}

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class FeedHits:
    """How often a feed was asked for, and how often the answer was 304."""

    requests: int = 0
    not_modified: int = 0


class FeedServer:
    """Serves every outlet's feed on loopback as of what the clock says; use as `async with`.

    Port 0 takes any free one; a port that cannot be had raises SettingsError.
    """

    def __init__(self, *, archive: Archive, clock: Clock, port: int = 0) -> None:
        self.port = port
        self.hits = {outlet.id: FeedHits() for outlet in archive.outlets}
        self._archive = archive
        self._clock = clock
        self._runner: web.AppRunner | None = None

    @property
    def base_url(self) -> str:
        """Where the list of feeds is, once it serves."""
        return f"http://{LOOPBACK}:{self.port}"

    def url_of(self, outlet: SampleOutlet) -> str:
        """Where the outlet's feed is, once it serves."""
        return f"{self.base_url}{outlet.feed_path}"

    async def __aenter__(self) -> Self:
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=CLOSE_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, LOOPBACK, self.port).start()
        except OSError as error:
            await runner.cleanup()
            raise SettingsError(f"feed port {self.port} cannot be had") from error
        self._runner = runner
        self.port = runner.addresses[0][1]
        log.info("feeds_served", url=self.base_url, feeds=len(self.hits))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _application(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/", self._list)
        for outlet in self._archive.outlets:
            application.router.add_get(outlet.feed_path, partial(self._feed, outlet))
        return application

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response([self._listing(outlet) for outlet in self._archive.outlets])

    def _listing(self, outlet: SampleOutlet) -> dict[str, str]:
        return {
            "id": outlet.id,
            "name": outlet.name,
            "language": outlet.language,
            "format": outlet.format.value,
            "url": self.url_of(outlet),
        }

    async def _feed(self, outlet: SampleOutlet, request: web.Request) -> web.Response:
        feed = rendered_feed(self._archive, outlet, self._clock())
        known = feed.is_known_to(request.if_none_match, request.if_modified_since)
        hits = self.hits[outlet.id]
        hits.requests += 1
        hits.not_modified += known
        response = web.Response(status=304) if known else _whole(outlet, feed)
        response.etag = feed.etag
        response.last_modified = feed.last_modified
        return response


def _whole(outlet: SampleOutlet, feed: RenderedFeed) -> web.Response:
    return web.Response(body=feed.body, content_type=CONTENT_TYPES[outlet.format], charset="utf-8")
