"""Reading one file or address as a feed, whatever it turns out to be, for people who ask about it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Final, Literal

from services.ingest.documents.pages import LONGEST_LOOK, page_in_words
from services.ingest.documents.parsed import ParsedFeed
from services.ingest.documents.plaintext import without_control
from services.ingest.fetcher import ACCEPT
from services.ingest.operations.discovery import find_feeds
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
"""What a source turned out to be; `ok` and `empty` are whole feeds."""

LONGEST_WORDS: Final = 300

_DOCUMENTS: Final = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION, HTTPStatus.IM_USED})
_REFUSALS: Final[Mapping[int, Status]] = {
    HTTPStatus.UNAUTHORIZED: "refused",
    HTTPStatus.FORBIDDEN: "refused",
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: "refused",
    HTTPStatus.NOT_FOUND: "gone",
    HTTPStatus.GONE: "gone",
    HTTPStatus.TOO_MANY_REQUESTS: "busy",
    HTTPStatus.SERVICE_UNAVAILABLE: "busy",
}
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
_ROBOTS: Final = "checks for robots"
"""What `page_in_words` says of such a page."""
_CHECKED_WITH: Final = frozenset(
    {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
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

    async def read(self, source: str) -> Reading:
        """Never raises for what the source, the server or the network does."""
        began = monotonic()
        try:
            return await self._read(source)
        except tuple(kind for kind, _ in _ERRORS) as error:
            return replace(_failed(source, error), elapsed=timedelta(seconds=monotonic() - began))

    async def _read(self, source: str) -> Reading:
        if not is_address(source):
            began = monotonic()
            body = await asyncio.to_thread(_content, Path(source), self.policy.body_bytes)
            elapsed = timedelta(seconds=monotonic() - began)
            return await self._parsed(source, _Answer(body=body, url=Path(source).name, elapsed=elapsed))
        limits = HttpLimits(total=self.policy.total, body_bytes=self.policy.body_bytes)
        request = HttpRequest(url=source, headers={"Accept": ACCEPT}, limits=limits)
        response = await self.client.request(request)
        if response.status not in _DOCUMENTS:
            patience = parse_retry_after(response.headers.get("Retry-After"), self.clock())
            return replace(_refused(source, response), retry_after=patience)
        return await self._parsed(source, _answer(response))

    async def _parsed(self, source: str, answer: _Answer) -> Reading:
        deadline = self.policy.parse_deadline
        content_type = answer.headers.get("Content-Type", "")
        reading = Reading(
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
            robots = not feeds and _ROBOTS in error.detail
            return replace(
                reading, status="robot check" if robots else "page", error=_words(error), feeds=feeds
            )
        except tuple(kind for kind, _ in _ERRORS) as error:
            return replace(reading, status=_status(error), error=_words(error))
        whole: Status = "ok" if parsed.total else "empty"
        return replace(reading, status=whole if parsed.complete else "partial", parsed=parsed)


def is_address(source: str) -> bool:
    """Whether it is meant as an address and not as a file."""
    return source.lower().startswith(("http://", "https://"))


def _content(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise InputError(getattr(error, "strerror", None) or str(error)) from error
    if len(body) > most:
        raise InputError(f"more than {most} bytes")
    return body


def _answer(response: HttpResponse) -> _Answer:
    return _Answer(
        body=response.body,
        url=response.url,
        elapsed=response.elapsed,
        headers=response.headers,
        code=response.status,
        redirects=response.redirects,
    )


def _refused(source: str, response: HttpResponse) -> Reading:
    robots = _is_robot_check(response)
    return Reading(
        source=source,
        url=response.url,
        status="robot check" if robots else _REFUSALS.get(response.status, "http error"),
        elapsed=response.elapsed,
        error=f"the server answered {response.status}",
        code=response.status,
        redirects=response.redirects,
    )


def _failed(source: str, error: PactwatchError) -> Reading:
    return Reading(source=source, url=source, status=_status(error), elapsed=timedelta(), error=_words(error))


def _is_robot_check(response: HttpResponse) -> bool:
    if response.status not in _CHECKED_WITH:
        return False
    look = response.body[: 4 * LONGEST_LOOK].decode("utf-8", "replace")
    return "cf-mitigated" in response.headers or _ROBOTS in page_in_words(look)


def _status(error: PactwatchError) -> Status:
    return next(status for kind, status in _ERRORS if isinstance(error, kind))


def _words(error: PactwatchError) -> str:
    return " ".join(without_control(error.detail or str(error)).split())[:LONGEST_WORDS]
