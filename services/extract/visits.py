"""Asking a stranger's server for a story's page: where robots.txt lets us, and only when it is our turn.

Turns are kept per registrable domain in the database, so that all processes together keep the pause between
two starts; the poll that brought the story counts as one. Holds that servers ask for are kept there too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from services.extract.pages.outcomes import ArticleOutcome
from services.extract.robots import RobotsBook
from shared.domains import domain_of
from shared.errors import TooManyRedirectsError
from shared.http.client import GuardedClient
from shared.http.exchange import HttpLimits, HttpRequest, HttpResponse
from shared.http.redirects import redirected
from shared.http.retry_after import parse_retry_after
from shared.http.urls import http_url
from shared.model.feed import DomainHold
from shared.model.story import Story
from shared.model.times import Clock
from shared.store.pacing import PacingStore

MOST_REDIRECTS: Final = 5
PAGE_LIMITS: Final = HttpLimits(total=timedelta(seconds=10), body_bytes=10 * 1024 * 1024)
ACCEPT: Final = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPolicy:
    """How servers are spared.

    - `pause`: between two starts at one registrable domain; a robots.txt may ask for more.
    - `patience`: how long after it was seen a story may wait for its turns. One that is late already takes a
      turn that is free and waits for none: many of one site must not hold up those of others.
    - `busy`: how long a domain is left alone that asks for patience without a number, at most
      `longest_retry_after`.
    - `limits`: what one request for a page may cost.
    """

    pause: timedelta = timedelta(seconds=5)
    patience: timedelta = timedelta(seconds=12)
    busy: timedelta = timedelta(minutes=15)
    longest_retry_after: timedelta = timedelta(hours=24)
    limits: HttpLimits = PAGE_LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Asks for pages; `rest` waits for so many seconds."""

    client: GuardedClient
    robots: RobotsBook
    pacing: PacingStore
    clock: Clock
    policy: VisitPolicy = field(default_factory=VisitPolicy)
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def ask(self, story: Story) -> HttpResponse | ArticleOutcome:
        """The answer for the story's page, whatever its status, or why its server was not asked.

        Every server that redirects lead to is treated like the first. Raises what a request does, and
        DatabaseUnavailableError.
        """
        http_url(story.url or "")
        request = HttpRequest(url=story.url or "", headers={"Accept": ACCEPT}, limits=self.policy.limits)
        one_hop = replace(self.policy.limits, max_redirects=0)
        now = self.clock()
        latest = max(now, min(now, _seen(story)) + self.policy.patience)
        here = ""
        for _ in range(MOST_REDIRECTS + 1):
            there = domain_of(request.url)
            kept_out = await self._let_in(request.url, story, latest, turn=there != here)
            if kept_out is not None:
                return kept_out
            answer = await self.client.request(replace(request, limits=one_hop))
            await self._mind_the_server(there, answer)
            onward = redirected(request, answer.status, answer.headers.get("Location"))
            if onward is None:
                return answer
            here, request = there, onward
        raise TooManyRedirectsError(f"more than {MOST_REDIRECTS}, the last to {request.url}")

    async def _let_in(self, url: str, story: Story, latest: datetime, *, turn: bool) -> ArticleOutcome | None:
        async with self.robots.turn(url):
            if not self.robots.knows(url):
                too_late = await self._turn_at(url, story, self.policy.pause, latest)
                if too_late is not None:
                    return too_late
                await self._mind_the_server(domain_of(url), await self.robots.learn(url))
        permission = await self.robots.permission(url)
        if not permission.allowed:
            return "robots"
        pause = max(self.policy.pause, permission.delay)
        return await self._turn_at(url, story, pause, latest) if turn else None

    async def _turn_at(
        self, url: str, story: Story, pause: timedelta, latest: datetime
    ) -> ArticleOutcome | None:
        """Wait for our turn at this address's domain; why not, if it does not come in time."""
        domain, now, polled = domain_of(url), self.clock(), _seen(story)
        own = domain == domain_of(story.feed_url) and now - pause < polled <= now
        start = await self.pacing.reserve(
            domain, pause=pause, now=now, latest=latest, not_before=polled + pause if own else None
        )
        if start == "held":
            return "held"
        if start == "busy":
            return "not_now"
        if start > now:
            await self.rest((start - now).total_seconds())
        return None

    async def _mind_the_server(self, domain: str, answer: HttpResponse | None) -> None:
        if answer is None or answer.status not in (
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ):
            return
        now = self.clock()
        wait = parse_retry_after(answer.headers.get("Retry-After"), now)
        if wait is None and answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return
        until = now + min(wait or self.policy.busy, self.policy.longest_retry_after)
        reason = f"the server answered {answer.status}"
        await self.pacing.hold(DomainHold(domain=domain, until=until, reason=reason))


def _seen(story: Story) -> datetime:
    """When the poll that brought this revision asked for it."""
    return story.revised_at or story.first_seen_at
