"""Asking a stranger's server for a story's page: where robots.txt lets us, and only when it is our turn.

Turns are kept per registrable domain in the database, so that all processes together keep the pause between
two starts: one is the poll that brought the story, one each redirect, be it of a page or of a robots.txt.
Holds that servers ask for are kept there too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.extract.articles.hops import one_hop
from services.extract.articles.robots import RobotsBook
from services.extract.articles.silences import Silences
from services.extract.pages.neighbours import on_own_loopback
from services.extract.pages.outcomes import ArticleOutcome
from shared.domains import domain_of
from shared.errors import FetchError, TooManyRedirectsError
from shared.holds import hold_asked
from shared.http.client import GuardedClient
from shared.http.exchange import HttpLimits, HttpRequest, HttpResponse
from shared.http.retry_after import parse_retry_after
from shared.http.urls import http_url
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
    - `silence`: how long a page may stay away before its domain counts as one that does not answer.
    """

    pause: timedelta = timedelta(seconds=5)
    patience: timedelta = timedelta(seconds=12)
    busy: timedelta = timedelta(minutes=15)
    longest_retry_after: timedelta = timedelta(hours=24)
    limits: HttpLimits = PAGE_LIMITS
    silence: timedelta = timedelta(seconds=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A client, and what the servers it reaches allow."""

    client: GuardedClient
    robots: RobotsBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Asks for pages; `rest` waits for so many seconds.

    All are asked through `door`, but those at the very loopback port that their own feed is read from, if
    there is one for them, through `own_door`.
    """

    door: Door
    pacing: PacingStore
    clock: Clock
    policy: VisitPolicy = field(default_factory=VisitPolicy)
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep
    own_door: Door | None = None
    silences: Silences = field(default_factory=Silences)

    async def ask(self, story: Story) -> HttpResponse | ArticleOutcome:
        """The answer for the story's page, whatever its status, or why its server was not asked.

        Wherever redirects lead is asked like the first address: where its robots.txt lets us and in its
        domain's turn, even if that domain was the one to redirect. Raises what a request does, and
        DatabaseUnavailableError.
        """
        # InputError now: no turn is taken for an address that nobody can be asked at.
        http_url(story.url or "")
        request = HttpRequest(url=story.url or "", headers={"Accept": ACCEPT}, limits=self.policy.limits)
        now = self.clock()
        latest = max(now, min(now, _seen(story)) + self.policy.patience)
        asked: set[str] = set()
        while len(asked) <= MOST_REDIRECTS and request.url not in asked:
            door = self._door(request.url, story)
            kept_out = await self._let_in(door.robots, request.url, story, latest)
            if kept_out is not None:
                return kept_out
            asked.add(request.url)
            with self._minding_silence(request.url):
                answer, onward = await one_hop(door.client, request)
            await self._mind_the_server(request.url, answer)
            if onward is None:
                return answer
            request = onward
        raise TooManyRedirectsError(f"a circle, or more than {MOST_REDIRECTS}, the last to {request.url}")

    def _door(self, url: str, story: Story) -> Door:
        if self.own_door is not None and on_own_loopback(url, story.feed_url):
            return self.own_door
        return self.door

    @contextmanager
    def _minding_silence(self, url: str) -> Iterator[None]:
        """Leave the domain alone afterwards if it cannot be reached, or keeps us until we have to give up."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            yield
        except FetchError:
            self.silences.begin(domain_of(url), self.clock())
            raise
        except asyncio.CancelledError:
            if loop.time() - began >= self.policy.silence.total_seconds():
                self.silences.begin(domain_of(url), self.clock())
            raise

    async def _let_in(
        self, robots: RobotsBook, url: str, story: Story, latest: datetime
    ) -> ArticleOutcome | None:
        """Know what its robots.txt allows and wait for our turn; why not to ask, if that is so."""
        if self.silences.last(domain_of(url), self.clock()):
            return "silent"
        async with robots.turn(url):
            if robots.wanted(url) is not None:
                # It takes the turn that may be free: even a late story may wait for the next.
                latest = max(latest, self.clock() + self.policy.pause)
            while (address := robots.wanted(url)) is not None:
                too_late = await self._turn_at(address, story, self.policy.pause, latest)
                if too_late is not None:
                    return too_late
                await self._mind_the_server(address, await robots.learn(url))
        permission = await robots.permission(url)
        if not permission.allowed:
            return "robots"
        return await self._turn_at(url, story, max(self.policy.pause, permission.delay), latest)

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
        if start == "late":
            return "not_now"
        # By the clock as it is now: reserving may have waited for the database.
        wait = start - self.clock()
        if wait <= timedelta():
            return None
        await self.rest(wait.total_seconds())
        return "held" if await self.pacing.held(domain, self.clock()) else None

    async def _mind_the_server(self, url: str, answer: HttpResponse | None) -> None:
        if answer is None:
            return
        now, policy = self.clock(), self.policy
        wait = parse_retry_after(answer.headers.get("Retry-After"), now)
        hold = hold_asked(
            domain_of(url),
            answer.status,
            wait,
            now,
            unstated=policy.busy,
            longest=policy.longest_retry_after,
        )
        if hold is not None:
            await self.pacing.hold(hold)


def _seen(story: Story) -> datetime:
    """When the poll that brought this revision asked for it."""
    return story.revised_at or story.first_seen_at
