"""Completing a story of which its feed has only a teaser, from its own page.

    wanted? ▸ known already? ▸ robots.txt ▸ a turn at the domain ▸ ask ▸ read in a worker ▸ ours? ▸ take

Whatever fails on the way leaves the teaser, and one word for why: a page's trouble never costs the story. Nor
does it hold up others for long: a story waits for its page no longer than `ArticlePolicy.total`.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from services.extract.articles.completions import Completions
from services.extract.articles.visits import Visits
from services.extract.articles.worker import load_reader, page_in_worker, sides_in_worker
from services.extract.lines import request_of
from services.extract.pages.need import Need, has_page, shortfall, wants_article
from services.extract.pages.outcomes import ArticleOutcome, fault, refusal
from services.extract.pages.policy import ArticlePolicy
from services.extract.pages.taking import Completed, article_of, earlier, known, stored_as, unfit
from services.extract.worker import DEADLINE
from shared.errors import (
    BodyTooLargeError,
    DestinationBlockedError,
    FetchError,
    InputError,
    TooManyRedirectsError,
    UnavailableError,
    WorkerCrashedError,
    WorkerTimeoutError,
)
from shared.http.exchange import HttpResponse
from shared.metrics import Metrics
from shared.model.story import Story
from shared.model.times import Clock
from shared.store.stories import StoryStore
from shared.workers import WorkerPool

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleParts:
    """What completes stories, built by the composition root, which also closes it.

    `taggers` is the pool whose workers have the tagger, `readers` the one for pages.
    """

    stories: StoryStore
    visits: Visits
    taggers: WorkerPool
    readers: WorkerPool
    metrics: Metrics
    clock: Clock
    policy: ArticlePolicy = field(default_factory=ArticlePolicy)


class ArticleReader:
    """Completes stories; `completed` is what tagging calls."""

    def __init__(self, parts: ArticleParts) -> None:
        self._parts = parts
        self._places = asyncio.Semaphore(parts.policy.at_once)
        self._completions = Completions()

    async def warm_up(self) -> None:
        """Start what reads pages, so that no story has to wait for it. Never raises."""
        with suppress(WorkerCrashedError, WorkerTimeoutError):
            await self._parts.readers.run(load_reader, deadline=DEADLINE)

    async def completed(self, story: Story) -> Completed:
        """The story with its page's text where the feed has only a teaser that concerns the watch; else as it
        is. Raises WorkerCrashedError and WorkerTimeoutError as tagging does, DatabaseUnavailableError."""
        need = await self._need(story)
        if need is None:
            return Completed(story=story)
        completed = await self._with_its_page(story, need)
        if completed.article is not None:
            self._completions.keep(completed)
        return completed

    async def _with_its_page(self, story: Story, need: Need) -> Completed:
        began = self._parts.clock()
        stored = await self._parts.stories.get(story.id)
        before = self._completions.newest(story.id, stored_as(stored.tagged) if stored is not None else None)
        replayed = known(story, before)
        if replayed is not None:
            self._tell(story, need, "known", began)
            return replayed
        outcome, found = await self._looked_for(story)
        kept = None if found is not None else earlier(story, before)
        self._tell(story, need, "kept" if kept else outcome, began, because=outcome)
        return found or kept or Completed(story=story)

    async def _need(self, story: Story) -> Need | None:
        if not has_page(story) or shortfall(story.text) is None:
            return None  # without waking a worker
        sides = await self._parts.taggers.run(sides_in_worker, request_of(story), deadline=DEADLINE)
        return wants_article(story, sides)

    async def _looked_for(self, story: Story) -> tuple[ArticleOutcome, Completed | None]:
        try:
            budget = self._parts.policy.budget(story, self._parts.clock())
            async with asyncio.timeout(budget.total_seconds()), self._places:
                return await self._read(story)
        except TimeoutError:
            return "not_now", None
        except (
            FetchError,
            DestinationBlockedError,
            BodyTooLargeError,
            TooManyRedirectsError,
            InputError,
        ) as error:
            return fault(error), None
        except (WorkerCrashedError, WorkerTimeoutError):
            return "unreadable", None
        except UnavailableError:
            raise
        except Exception:  # a mistake about a page must cost the page, not the story
            log.exception("article_failed", story=story.id, url=story.url)
            return "failed", None

    async def _read(self, story: Story) -> tuple[ArticleOutcome, Completed | None]:
        answer = await self._parts.visits.ask(story)
        if not isinstance(answer, HttpResponse):
            return answer, None
        content_type = answer.headers.get("Content-Type", "")
        refused = refusal(answer.status, content_type)
        if refused is not None:
            return refused, None
        reading = await self._parts.readers.run(
            page_in_worker, answer.body, content_type, answer.url, deadline=self._parts.policy.reading
        )
        reason = unfit(story, reading)
        if reason is not None or reading is None:
            return reason or "not_html", None
        return "taken", article_of(story, reading, answer.url, self._parts.clock())

    def _tell(
        self, story: Story, need: Need, outcome: ArticleOutcome, began: datetime, because: str | None = None
    ) -> None:
        self._parts.metrics.articles.labels(outcome).inc()
        log.info(
            "article_looked_for",
            story=story.id,
            revision=story.revision,
            url=story.url,
            need=need,
            outcome=outcome,
            because=because if because != outcome else None,
            seconds=round((self._parts.clock() - began).total_seconds(), 3),
        )
