"""How well a feed reader behaved, by the log of the servers it asked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise

from tests.origin.server import Asked


def by_domain(log: Iterable[Asked]) -> dict[str, list[Asked]]:
    domains: dict[str, list[Asked]] = defaultdict(list)
    for asked in log:
        domains[asked.domain].append(asked)
    return domains


def hurried(log: Iterable[Asked], least: timedelta) -> list[tuple[str, timedelta]]:
    """The domains that were asked again sooner than `least` after the last time, with how soon."""
    return [
        (domain, later.at - earlier.at)
        for domain, requests in by_domain(log).items()
        for earlier, later in pairwise(requests)
        if later.at - earlier.at < least
    ]


def crowded(log: Iterable[Asked], most: int) -> list[str]:
    """The domains that were asked more than `most` things at a time."""
    return sorted({asked.domain for asked in log if asked.together > most})


def impatient(log: Iterable[Asked]) -> list[Asked]:
    """The requests that came to a domain before the Retry-After that it had sent was over."""
    found: list[Asked] = []
    for requests in by_domain(log).values():
        until: datetime | None = None
        for asked in requests:
            if until is not None and asked.at < until:
                found.append(asked)
            wait = asked.answer.headers.get("Retry-After") if asked.answer.status in (429, 503) else None
            if wait is not None:
                until = (
                    asked.at + timedelta(seconds=int(wait)) if wait.isdigit() else parsedate_to_datetime(wait)
                )
    return found


def unconditional(log: Sequence[Asked]) -> list[Asked]:
    """The requests to one feed that left out the ETag which its last document had, the first aside."""
    found: list[Asked] = []
    etag: str | None = None
    for asked in log:
        if etag is not None and asked.headers.get("if-none-match") != etag:
            found.append(asked)
        if asked.answer.status in (200, 304):
            etag = asked.answer.headers.get("ETag", etag)
    return found
