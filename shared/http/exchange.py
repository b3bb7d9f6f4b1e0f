"""What is asked and what came back: frozen values, checked when they are made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from shared.errors import InputError

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})

_MOST_HEADERS: Final = 64
_LONGEST_HEADERS: Final = 16_384
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_BREAK: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# The client writes these itself; a caller's version could reframe the request or name another host.
_RESERVED: Final = frozenset(
    [
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """What one request may cost. Limits that are not positive raise InputError.

    - `total`: everything together: waiting for a free connection, names, redirects and the last byte of the
      body.
    - `connect`: one dial.
    - `body_bytes`: of the body after decompression, and on the wire.
    - `max_redirects`: 0 makes a redirect an answer like any other.
    - `truncate`: what exceeds `body_bytes` is left unread and the answer marked, instead of
      BodyTooLargeError.
    - `unfinished`: a body that breaks off is given as far as it came and the answer marked, instead of
      BodyCutError.
    """

    total: timedelta = timedelta(seconds=30)
    connect: timedelta = timedelta(seconds=5)
    body_bytes: int = 10 * 1024 * 1024
    max_redirects: int = 5
    truncate: bool = False
    unfinished: bool = False

    def __post_init__(self) -> None:
        if min(self.total, self.connect) <= timedelta() or self.body_bytes < 1 or self.max_redirects < 0:
            raise InputError("the limits of a request must be positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request, fit to be sent: InputError for an unknown method or headers that would break out of
    their line."""

    method: str = "GET"
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    limits: HttpLimits = field(default_factory=HttpLimits)

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise InputError(f"{self.method[:20]!r} is not a method we send")
        size = sum(len(name) + len(value) for name, value in self.headers.items())
        if len(self.headers) > _MOST_HEADERS or size > _LONGEST_HEADERS:
            raise InputError("the request has too many or too long headers")
        for name, value in self.headers.items():
            _check_header(name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One redirect that was followed: `status` of the answer, and the `url` it led to."""

    status: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A whole answer, whatever its status.

    `url` is the one that answered, after `redirects`; `headers` are looked up in any case; `body` is
    decompressed and complete unless `truncated`; `elapsed` spans all hops.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    redirects: tuple[Redirect, ...] = ()
    truncated: bool = False
    elapsed: timedelta = timedelta()


def _check_header(name: str, value: str) -> None:
    if not _HEADER_NAME.fullmatch(name) or _HEADER_BREAK.search(value):
        raise InputError(f"{name[:60]!r} is not a header that can be sent")
    if name.lower() in _RESERVED:
        raise InputError(f"the header {name} is written by the client itself")
