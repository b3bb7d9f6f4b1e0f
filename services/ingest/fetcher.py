"""Asking a server for a feed: a conditional GET, and what came of it in our words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from time import monotonic
from typing import Final, Literal

from services.ingest.characters import without_control
from services.ingest.policy import IngestPolicy
from shared.errors import (
    BodyTooLargeError,
    DestinationBlockedError,
    FetchError,
    InputError,
    PactwatchError,
    TooManyRedirectsError,
)
from shared.http.client import GuardedClient
from shared.http.exchange import HttpLimits, HttpRequest, HttpResponse, Redirect
from shared.http.retry_after import parse_retry_after
from shared.model.feed import PollOutcome, Validators
from shared.model.times import Clock

ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json,"
    " application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
)
Refusal = Literal["refused", "gone", "busy"]
DOCUMENTS: Final = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION, HTTPStatus.IM_USED})
"""Statuses that a document comes with."""
REFUSALS: Final[Mapping[int, Refusal]] = {
    HTTPStatus.UNAUTHORIZED: "refused",
    HTTPStatus.FORBIDDEN: "refused",
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: "refused",
    HTTPStatus.NOT_FOUND: "gone",
    HTTPStatus.GONE: "gone",
    HTTPStatus.TOO_MANY_REQUESTS: "busy",
    HTTPStatus.SERVICE_UNAVAILABLE: "busy",
}
"""What a status without a document means; any other is an `http_error`."""
LONGEST_ERROR: Final = 300

_LONGEST_VALIDATOR: Final = 500
_OUTCOMES: Final[tuple[tuple[type[PactwatchError], PollOutcome], ...]] = (
    (DestinationBlockedError, "blocked"),
    (BodyTooLargeError, "too_large"),
    (TooManyRedirectsError, "http_error"),
    (FetchError, "unreachable"),
    (InputError, "unreachable"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFeed:
    """A document, or the word that it has not changed. `url` is the one that answered, after `redirects`;
    `validators` are those of this answer, without a body hash; `unfinished`: the connection broke before the
    body was as long as promised."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    not_modified: bool
    validators: Validators
    elapsed: timedelta
    redirects: tuple[Redirect, ...] = ()
    unfinished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedFetch:
    """No document, and why; `status` if a server answered, `retry_after` if it asked for patience."""

    outcome: PollOutcome
    error: str
    status: int | None
    retry_after: timedelta | None
    elapsed: timedelta


class Fetcher:
    """Asks servers for feeds, each time once."""

    def __init__(self, client: GuardedClient, policy: IngestPolicy, clock: Clock) -> None:
        self._client = client
        self._limits = HttpLimits(total=policy.total, body_bytes=policy.body_bytes, unfinished=True)
        self._clock = clock

    async def fetch(self, url: str, validators: Validators) -> FetchedFeed | FailedFetch:
        """The document there as it is now; never raises for what the server or the network does."""
        began = monotonic()
        try:
            request = HttpRequest(url=url, headers=_headers(validators), limits=self._limits)
            response = await self._client.request(request)
        except tuple(kind for kind, _ in _OUTCOMES) as error:
            return _failed(error, timedelta(seconds=monotonic() - began))
        not_modified = response.status == HTTPStatus.NOT_MODIFIED
        if not not_modified and response.status not in DOCUMENTS:
            return _without_document(response, self._clock())
        return FetchedFeed(
            url=response.url,
            status=response.status,
            headers=response.headers,
            body=response.body,
            not_modified=not_modified,
            validators=_validators(response),
            elapsed=response.elapsed,
            redirects=response.redirects,
            unfinished=response.truncated,
        )


def pushed_feed(url: str, body: bytes, content_type: str) -> FetchedFeed:
    """A document that came without being asked for, as if it had been fetched there."""
    return FetchedFeed(
        url=url,
        status=HTTPStatus.OK,
        headers={"Content-Type": content_type},
        body=body,
        not_modified=False,
        validators=Validators(),
        elapsed=timedelta(),
    )


def _headers(validators: Validators) -> dict[str, str]:
    headers = {"Accept": ACCEPT}
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def _validators(response: HttpResponse) -> Validators:
    return Validators(
        etag=_sendable(response.headers.get("ETag")),
        last_modified=_sendable(response.headers.get("Last-Modified")),
    )


def _sendable(value: str | None) -> str | None:
    """The validator if it can be sent back as it is."""
    usable = value and len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable()
    return value if usable else None


def _without_document(response: HttpResponse, now: datetime) -> FailedFetch:
    return FailedFetch(
        outcome=REFUSALS.get(response.status, "http_error"),
        error=f"the server answered {response.status}",
        status=response.status,
        retry_after=parse_retry_after(response.headers.get("Retry-After"), now),
        elapsed=response.elapsed,
    )


def _failed(error: PactwatchError, elapsed: timedelta) -> FailedFetch:
    outcome = next(outcome for kind, outcome in _OUTCOMES if isinstance(error, kind))
    words = without_control(error.detail or str(error))[:LONGEST_ERROR]
    return FailedFetch(outcome=outcome, error=words, status=None, retry_after=None, elapsed=elapsed)
