"""Reading one file or address as a feed, whatever it turns out to be, for people who ask about it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Final, Literal

from services.ingest.documents.pages import LONGEST_LOOK, kind_of_page
from services.ingest.documents.parsed import ParsedFeed
from services.ingest.fetcher import ACCEPT, DOCUMENTS, REFUSALS
from services.ingest.operations.discovery import find_feeds
from services.ingest.operations.files import content_of, is_address
from services.ingest.operations.wording import error_words
from services.ingest.parser import parse_feed
from services.ingest.policy import IngestPolicy
from shared.errors import (
    BodyTooLargeError,
    DestinationBlockedError,
    FeedUnreadableError,
    FetchError,
    InputError,
    PactwatchError,
    PageInsteadError,
    TooManyRedirectsError,
    WorkerCrashedError,
    WorkerTimeoutError,
)
from shared.http.client import GuardedClient
from shared.http.exchange import HttpLimits, HttpRequest, HttpResponse, Redirect
from shared.http.retry_after import parse_retry_after
from shared.model.times import Clock
from shared.workers import WorkerPool

Status = Literal[
    "ok",
    "empty",
    "partial",
    "too many",
    "page",
    "robot check",
    "refused",
    "gone",
    "busy",
    "http error",
    "unreachable",
    "blocked",
    "too large",
    "too slow",
    "not a feed",
    "unreadable",
]
"""What a source turned out to be; `ok` and `empty` are whole feeds, `too many` one with more than is read."""

_ERRORS: Final[tuple[tuple[type[PactwatchError], Status], ...]] = (
    (PageInsteadError, "page"),
    (FeedUnreadableError, "not a feed"),
    (DestinationBlockedError, "blocked"),
    (BodyTooLargeError, "too large"),
    (TooManyRedirectsError, "http error"),
    (WorkerTimeoutError, "too slow"),
    (WorkerCrashedError, "too slow"),
    (FetchError, "unreachable"),
    (InputError, "unreadable"),
)
_CHECKED_WITH: Final = frozenset(
    {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReading:
    """What reading a source gave: `parsed` if it is a feed, else `error` in words.

    `elapsed` is until the whole document was there, not what was done with it.
    `url` is the address that answered, or a file's name; `code` the server's, None without an answer;
    `feeds` those that a page offers; `retry_after` the patience that the server asked for.
    """

    source: str
    url: str
    status: Status
    elapsed: timedelta
    error: str = ""
    code: int | None = None
    redirects: tuple[Redirect, ...] = ()
    retry_after: timedelta | None = None
    feeds: tuple[str, ...] = ()
    parsed: ParsedFeed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    body: bytes
    url: str
    elapsed: timedelta
    headers: Mapping[str, str] = field(default_factory=dict)
    code: int | None = None
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReader:
    """Reads files and addresses, each once and unconditionally."""

    client: GuardedClient
    workers: WorkerPool
    clock: Clock
    policy: IngestPolicy

    async def read(self, source: str) -> SourceReading:
        """Never raises for what the source, the server or the network does."""
        began = monotonic()
        try:
            return await self._read(source)
        except tuple(kind for kind, _ in _ERRORS) as error:
            return replace(self._failed(source, error), elapsed=timedelta(seconds=monotonic() - began))

    async def only_feed(self, page: SourceReading) -> SourceReading | None:
        """What the feed gives that a page on the web names, if it names exactly one."""
        if len(page.feeds) != 1 or not is_address(page.source):
            return None
        return await self.read(page.feeds[0])

    async def _read(self, source: str) -> SourceReading:
        if not is_address(source):
            began = monotonic()
            body = await asyncio.to_thread(content_of, source, self.policy.body_bytes)
            elapsed = timedelta(seconds=monotonic() - began)
            return await self._parsed(source, _Answer(body=body, url=Path(source).name, elapsed=elapsed))
        limits = HttpLimits(total=self.policy.total, body_bytes=self.policy.body_bytes)
        request = HttpRequest(url=source, headers={"Accept": ACCEPT}, limits=limits)
        response = await self.client.request(request)
        if response.status not in DOCUMENTS:
            patience = parse_retry_after(response.headers.get("Retry-After"), self.clock())
            return replace(_refused(source, response), retry_after=patience)
        return await self._parsed(source, _answer(response))

    async def _parsed(self, source: str, answer: _Answer) -> SourceReading:
        deadline = self.policy.parse_deadline
        content_type = answer.headers.get("Content-Type", "")
        reading = SourceReading(
            source=source,
            url=answer.url,
            status="ok",
            elapsed=answer.elapsed,
            code=answer.code,
            redirects=answer.redirects,
        )
        try:
            parsed = await self.workers.run(
                parse_feed, answer.body, content_type, answer.url, deadline=deadline
            )
        except PageInsteadError as error:
            feeds = await self.workers.run(find_feeds, answer.body, answer.url, deadline=deadline)
            robots = not feeds and error.page == "robot_check"
            return replace(
                reading, status="robot check" if robots else "page", error=self._words(error), feeds=feeds
            )
        except tuple(kind for kind, _ in _ERRORS) as error:
            return replace(reading, status=_status(error), error=self._words(error))
        return replace(reading, status=_status_of(parsed), parsed=parsed)

    def _failed(self, source: str, error: PactwatchError) -> SourceReading:
        return SourceReading(
            source=source,
            url=source,
            status=_status(error),
            elapsed=timedelta(),
            error=self._words(error),
        )

    def _words(self, error: PactwatchError) -> str:
        return error_words(error, self.policy)


def _status_of(parsed: ParsedFeed) -> Status:
    if not parsed.complete:
        return "partial"
    if parsed.over_cap:
        return "too many"
    return "ok" if parsed.total else "empty"


def _answer(response: HttpResponse) -> _Answer:
    return _Answer(
        body=response.body,
        url=response.url,
        elapsed=response.elapsed,
        headers=response.headers,
        code=response.status,
        redirects=response.redirects,
    )


def _refused(source: str, response: HttpResponse) -> SourceReading:
    robots = _is_robot_check(response)
    return SourceReading(
        source=source,
        url=response.url,
        status="robot check" if robots else REFUSALS.get(response.status, "http error"),
        elapsed=response.elapsed,
        error=f"the server answered {response.status}",
        code=response.status,
        redirects=response.redirects,
    )


def _is_robot_check(response: HttpResponse) -> bool:
    if response.status not in _CHECKED_WITH:
        return False
    look = response.body[: 4 * LONGEST_LOOK].decode("utf-8", "replace")
    return "cf-mitigated" in response.headers or kind_of_page(look) == "robot_check"


def _status(error: PactwatchError) -> Status:
    return next(status for kind, status in _ERRORS if isinstance(error, kind))
