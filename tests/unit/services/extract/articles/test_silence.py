"""Servers that do not answer are left alone for a while; texts that break a worker cost only themselves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from services.extract.articles.silences import LEFT_ALONE
from services.extract.articles.visits import VisitPolicy
from services.extract.lines import TagRequest
from services.extract.pages.policy import ArticlePolicy
from services.extract.tagging import StoryTagger
from services.extract.worker import tag_in_worker
from shared.errors import PactwatchError, WorkerCrashedError, WorkerTimeoutError
from shared.http.exchange import HttpLimits
from shared.workers import WorkerPool
from tests.origin.answers import Answer, cut_short, dripping
from tests.unit.services.extract.articles.newsdesk import TEASER, Newsdesk, article, html

pytestmark = pytest.mark.asyncio(loop_scope="module")

T = TypeVar("T")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("broken", "limit", "outcome"),
    [
        (replace(html(article()), manner=dripping), timedelta(seconds=60), "not_now"),
        (replace(html(article()), manner=dripping), timedelta(seconds=0.5), "unreachable"),
        (replace(html(article()), manner=cut_short), timedelta(seconds=60), "unreachable"),
    ],
    ids=["longer than a story waits", "longer than a page may take", "broken off"],
)
async def test_a_domain_that_does_not_answer_holds_up_one_story_and_no_others_for_a_while(
    desk: Newsdesk, broken: Answer, limit: timedelta, outcome: str
) -> None:
    desk.host(report=broken)
    desk.host("news.sample-wire.example", one=html(article()), two=html(article()))
    desk.host("other.example", report=html(article()))
    tagger = desk.tagger(
        VisitPolicy(limits=HttpLimits(total=limit), silence=SECOND / 2),
        ArticlePolicy(total=SECOND, late=SECOND),
    )
    for story in (desk.story(), desk.story("/one", host="news.sample-wire.example")):
        assert (await desk.tagged(story, tagger)).story == story
    assert desk.outcomes() == {outcome: 1, "silent": 1}
    assert desk.asked("news.sample-wire.example") == []
    patient = desk.tagger()
    assert (await desk.tagged(desk.story(host="other.example"), patient)).article is not None


async def test_a_domain_that_did_not_answer_is_asked_again_later(desk: Newsdesk) -> None:
    site = desk.host(report=replace(html(article()), manner=cut_short))
    tagger = desk.tagger()
    assert (await desk.tagged(desk.story(), tagger)).article is None
    site.pages["/report"] = html(article())
    desk.clock.now += LEFT_ALONE - SECOND
    assert (await desk.tagged(desk.story(), tagger)).article is None
    desk.clock.now += SECOND
    assert (await desk.tagged(desk.story(), tagger)).article is not None


class Frail(WorkerPool):
    """Workers that a long text ends, which no text we know of does."""

    def __init__(self, sound: WorkerPool, fault: PactwatchError, longest: int) -> None:
        super().__init__(workers=1)
        self._sound = sound
        self._fault = fault
        self._longest = longest

    async def run(self, function: Callable[..., T], *args: Any, deadline: timedelta) -> T:
        (request,) = args
        if (
            function is tag_in_worker
            and isinstance(request, TagRequest)
            and len(request.text) > self._longest
        ):
            raise self._fault
        return await self._sound.run(function, *args, deadline=deadline)


FAULTS = [WorkerCrashedError("exit code -11"), WorkerTimeoutError("more than 30 s")]


@pytest.mark.parametrize("fault", FAULTS, ids=["crash", "time out"])
async def test_a_page_whose_text_breaks_the_tagger_costs_the_page_and_not_the_teaser(
    desk: Newsdesk, fault: PactwatchError
) -> None:
    desk.host(report=html(article()))
    whole = desk.tagger()
    frail = StoryTagger(
        workers=Frail(desk.pools.taggers, fault, len(TEASER)), clock=desk.clock, articles=whole.articles
    )
    story = desk.story()
    tagged = await desk.tagged(story, frail)
    assert (tagged.story, tagged.article) == (story, None)
    assert tagged.tags == (await desk.tagged(replace(story, url=None))).tags
    assert desk.outcomes() == {"taken": 1}


async def test_a_teaser_that_breaks_the_tagger_is_not_tagged_twice(desk: Newsdesk) -> None:
    frail = StoryTagger(workers=Frail(desk.pools.taggers, FAULTS[0], 0), clock=desk.clock)
    with pytest.raises(WorkerCrashedError):
        await desk.tagged(desk.story(), frail)
