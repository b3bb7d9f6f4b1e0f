"""Redirects of pages and of robots.txt: each is asked in its turn, and by whom it is answered is minded."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from shared.model.feed import DomainHold
from tests.origin.answers import redirect, refusal
from tests.origin.score import hurried, impatient
from tests.unit.services.extract.articles.newsdesk import SITE, Newsdesk, article, html, robots

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAUSE = timedelta(seconds=5)
MIRROR = "mirror.sample-wire.example"
DENIAL = robots("User-agent: *\nDisallow: /report\n")


async def test_a_redirect_within_a_domain_waits_for_a_turn_of_its_own(desk: Newsdesk) -> None:
    desk.host(old=redirect(301, "/report"), report=html(article()))
    began = desk.clock.now
    assert (await desk.tagged(desk.story("/old"))).article is not None
    assert [(asked.path, asked.at - began) for asked in desk.origin.asked] == [
        ("/robots.txt", timedelta()),
        ("/old", PAUSE),
        ("/report", 2 * PAUSE),
    ]


async def test_a_redirect_whose_turn_comes_too_late_leaves_the_teaser(desk: Newsdesk) -> None:
    desk.host(old=redirect(301, "/older"), older=redirect(301, "/report"), report=html(article()))
    story, began = desk.story("/old"), desk.clock.now
    assert (await desk.tagged(story)).story == story
    assert desk.asked() == ["/robots.txt", "/old", "/older"]
    assert desk.clock.now - began <= timedelta(seconds=12)
    assert desk.outcomes() == {"not_now": 1}


async def test_a_redirect_that_leads_back_is_not_asked_twice(desk: Newsdesk) -> None:
    desk.host(old=redirect(302, "/report"), report=redirect(302, "/old"))
    await desk.tagged(desk.story("/old"))
    assert desk.asked() == ["/robots.txt", "/old", "/report"]
    assert desk.outcomes() == {"http_error": 1}


async def test_redirects_of_a_robots_txt_keep_the_pause_and_its_rules_count(desk: Newsdesk) -> None:
    site, mirror = desk.host(report=html(article())), desk.host(MIRROR)
    site.pages["/robots.txt"] = redirect(301, desk.origin.url(MIRROR, "/rules"))
    mirror.pages["/rules"] = DENIAL
    assert (await desk.tagged(desk.story())).article is None
    assert [asked.path for asked in desk.origin.asked] == ["/robots.txt", "/rules"]
    assert hurried(desk.origin.asked, PAUSE) == []
    assert desk.outcomes() == {"robots": 1}


async def test_a_server_that_lends_its_robots_txt_to_another_is_not_asked_again(
    desk: Newsdesk,
) -> None:
    site, mirror = desk.host(report=html(article())), desk.host(MIRROR, report=html(article()))
    site.pages["/robots.txt"] = redirect(301, desk.origin.url(MIRROR, "/robots.txt"))
    mirror.pages["/robots.txt"] = robots("User-agent: *\nDisallow:\n")
    tagger = desk.tagger()
    for host in (SITE, MIRROR):
        assert (await desk.tagged(desk.story(host=host), tagger)).article is not None
        desk.clock.now += timedelta(minutes=1)
    assert [asked.path for asked in desk.origin.asked] == ["/robots.txt", "/robots.txt", "/report", "/report"]


@pytest.mark.parametrize(("redirects", "allowed"), [(5, False), (6, True)], ids=["five", "more"])
async def test_a_robots_txt_is_sought_behind_five_redirects_by_as_many_stories_as_it_takes(
    desk: Newsdesk, redirects: int, allowed: bool
) -> None:
    site = desk.host(report=html(article()))
    steps = ["/robots.txt", *(f"/step{number}" for number in range(1, redirects + 1))]
    for here, there in pairwise(steps):
        site.pages[here] = redirect(302, there)
    site.pages[steps[-1]] = DENIAL
    tagger = desk.tagger()
    for _ in range(2):
        assert (await desk.tagged(desk.story(), tagger)).article is None
        desk.clock.now += timedelta(minutes=1)
    assert desk.asked() == steps[:6]
    assert ((await desk.tagged(desk.story(), tagger)).article is not None) == allowed
    assert hurried(desk.origin.asked, PAUSE) == []


async def test_a_robots_txt_that_redirects_in_a_circle_forbids_nothing(desk: Newsdesk) -> None:
    site = desk.host(report=html(article()))
    site.pages["/robots.txt"] = redirect(302, "/robots.txt")
    assert (await desk.tagged(desk.story())).article is not None
    assert desk.asked() == ["/robots.txt", "/report"]


@pytest.mark.parametrize("path", ["/robots.txt", "/report"])
async def test_patience_asked_behind_a_redirect_is_for_who_asked_for_it(desk: Newsdesk, path: str) -> None:
    site, elsewhere = desk.host(report=html(article())), desk.host("other.example")
    site.pages[path] = redirect(302, desk.origin.url("other.example", "/busy"))
    elsewhere.pages["/busy"] = refusal(429, Retry_After="600")
    await desk.tagged(desk.story())
    (hold,) = await desk.holds.holds(desk.clock.now)
    assert hold.domain == "other.example"
    assert impatient(desk.origin.asked) == []


@pytest.mark.parametrize("target", ["file:///etc/hostname", "http://169.254.169.254/robots.txt"])
async def test_a_robots_txt_that_leads_to_what_is_no_site_is_not_asked_for_with_every_story(
    desk: Newsdesk, target: str
) -> None:
    site = desk.host(report=html(article()))
    site.pages["/robots.txt"] = redirect(302, target)
    await desk.tagged_in_turn([desk.story(), desk.story()])
    assert desk.asked() == ["/robots.txt"]


def _refused_meanwhile(desk: Newsdesk) -> Callable[[float], Awaitable[None]]:
    """A rest during which another story of the same domain is told to wait."""

    async def rest(seconds: float) -> None:
        await desk.clock.rest(seconds)
        until = desk.clock.now + timedelta(hours=1)
        await desk.holds.hold(DomainHold(domain="sample-wire.example", until=until, reason="429"))

    return rest


async def test_a_turn_reserved_before_the_server_asked_for_patience_is_not_taken(desk: Newsdesk) -> None:
    desk.host(one=html(article()))
    tagger = desk.tagger(rest=_refused_meanwhile(desk))
    story = desk.story("/one")
    assert (await desk.tagged(story, tagger)).story == story
    assert desk.asked() == ["/robots.txt"]
    assert desk.outcomes() == {"held": 1}
