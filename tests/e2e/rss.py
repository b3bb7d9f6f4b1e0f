"""Feeds that a test serves over loopback HTTP; what they hold can change while they are served."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import escape
from types import TracebackType
from typing import Self

from aiohttp import web
from lxml import etree


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of a feed; `text` is plain, one paragraph per line; without `link` its page is elsewhere."""

    guid: str
    title: str
    text: str
    published: datetime
    link: str | None = None


def rendered(title: str, items: Sequence[Item]) -> bytes:
    """RSS 2.0."""
    rss = etree.Element("rss", version="2.0")
    channel = etree.SubElement(rss, "channel")
    etree.SubElement(channel, "title").text = title
    etree.SubElement(channel, "link").text = "https://sample.example/"
    etree.SubElement(channel, "description").text = title
    for item in items:
        entry = etree.SubElement(channel, "item")
        etree.SubElement(entry, "title").text = item.title
        etree.SubElement(entry, "guid", isPermaLink="false").text = item.guid
        etree.SubElement(entry, "link").text = item.link or f"https://sample.example/{item.guid}"
        etree.SubElement(entry, "pubDate").text = format_datetime(item.published)
        paragraphs = "".join(f"<p>{escape(line)}</p>" for line in item.text.splitlines() if line.strip())
        etree.SubElement(entry, "description").text = paragraphs
    return etree.tostring(rss, xml_declaration=True, encoding="utf-8")


@dataclass(slots=True)
class FeedHost:
    """Serves `feeds[name]` at /name, and `pages[path]`, which are HTML; use as `async with`."""

    feeds: dict[str, list[Item]] = field(default_factory=dict)
    port: int = 0
    pages: dict[str, bytes] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/{name:.+}", self._serve)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name in self.pages:
            return web.Response(body=self.pages[name], content_type="text/html")
        if name not in self.feeds:
            raise web.HTTPNotFound
        return web.Response(body=rendered(name, self.feeds[name]), content_type="application/rss+xml")
