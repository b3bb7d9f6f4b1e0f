"""What a robots.txt allows us, by RFC 9309."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, Literal
from urllib.parse import urlsplit

from protego import Protego

ROBOT: Final = "Pactwatch"
"""The name by which a robots.txt speaks of us."""

MOST_BYTES: Final = 500 * 1024
FRESH: Final = timedelta(hours=24)
TRY_AGAIN: Final = timedelta(minutes=10)
"""How soon a robots.txt that could not be had is asked for again; until then its server is left alone."""

MOST_REDIRECTS: Final = 5
"""As many as RFC 9309 wants followed, even from server to server."""

LONGEST_DELAY: Final = timedelta(minutes=10)

_OUR_VERSION: Final = re.compile(
    rf"(?<![^\r\n])([ \t]*user-agent[ \t]*:[ \t]*{ROBOT})/[^\s#]*", re.IGNORECASE
)
"""Many write the name as it stands in requests, with a version, be it the one we have now or another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What is known of one server's robots.txt until then.

    - `body`: its text, where that decides ("ask").
    - `onward`: where to look for it instead ("elsewhere"), after the addresses in `asked` said so.
    """

    verdict: Literal["allow", "disallow", "ask", "elsewhere"]
    until: datetime
    body: bytes = b""
    asked: tuple[str, ...] = ()
    onward: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Whether an address may be asked, and how far apart its server wants requests."""

    allowed: bool
    delay: timedelta = timedelta()


def robots_address(url: str) -> str:
    """Where the robots.txt that speaks of this address is; one server, one address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def robots_of(status: int | None, body: bytes, now: datetime) -> Robots:
    """What the answer for a robots.txt means; `status` is None where there was none.

    No such file, or one we may not read, forbids nothing; a server in trouble is not to be asked more.
    """
    if status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        return Robots(verdict="disallow", until=now + TRY_AGAIN)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES and body.strip():
        return Robots(verdict="ask", until=now + FRESH, body=body[:MOST_BYTES])
    return Robots(verdict="allow", until=now + FRESH)


def robots_elsewhere(asked: tuple[str, ...], onward: str, now: datetime) -> Robots:
    """What it means that the last of the addresses asked leads to another one.

    There is no such file behind a circle, or behind more redirects than `MOST_REDIRECTS`.
    """
    if onward in asked or len(asked) > MOST_REDIRECTS:
        return robots_of(HTTPStatus.NOT_FOUND, b"", now)
    return Robots(verdict="elsewhere", until=now + FRESH, asked=asked, onward=onward)


def permission(body: bytes, url: str) -> Permission:
    """What this robots.txt says of this address to us."""
    rules = Protego.parse(_OUR_VERSION.sub(r"\1", body.decode("utf-8-sig", "replace")))
    delay = min(max(rules.crawl_delay(ROBOT) or 0.0, 0.0), LONGEST_DELAY.total_seconds())
    return Permission(allowed=rules.can_fetch(url, ROBOT), delay=timedelta(seconds=delay))
