"""Servers of pages are asked where robots.txt allows it, at their pace, and left alone when they ask."""

import asyncio
from datetime import timedelta

import pytest

from services.extract.articles.visits import VisitPolicy
from services.extract.pages.policy import ArticlePolicy
from shared.model.feed import DomainHold
from tests.origin.answers import Answer, dripping, redirect, refusal
from tests.origin.score import hurried
from tests.unit.services.extract.articles.newsdesk import Newsdesk, article, html, robots

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAUSE = timedelta(seconds=5)


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: *\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: pactwatch\nDisallow:\n", True),
        ("User-agent: Pactwatch\nDisallow: /rep*t$\n", False),
        ("User-agent: otherbot\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /private\n", True),
    ],
    ids=["everybody", "everybody else", "us by a pattern", "another robot", "elsewhere"],
)
async def test_a_page_is_asked_for_only_where_robots_txt_lets_us(
    desk: Newsdesk, rules: str, allowed: bool
) -> None:
    site = desk.host(report=html(article()))
    site.pages["/robots.txt"] = robots(rules)
    tagged = await desk.tagged(desk.story())
    assert (tagged.article is not None) == allowed
    assert ("/report" in desk.asked()) == allowed
    assert desk.outcomes() == {"taken" if allowed else "robots": 1}


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_server_without_a_robots_txt_for_us_forbids_nothing(desk: Newsdesk, status: int) -> None:
    site = desk.host(report=html(article()))
    site.pages["/robots.txt"] = refusal(status)
    assert (await desk.tagged(desk.story())).article is not None


async def test_a_server_whose_robots_txt_is_in_trouble_is_left_alone_for_a_while(desk: Newsdesk) -> None:
    site = desk.host(report=html(article()))
    site.pages["/robots.txt"] = refusal(500)
    tagger = desk.tagger()
    assert (await desk.tagged(desk.story(), tagger)).article is None
    site.pages["/robots.txt"] = refusal(404)
    assert (await desk.tagged(desk.story(), tagger)).article is None
    desk.clock.now += timedelta(minutes=11)
    assert (await desk.tagged(desk.story(), tagger)).article is not None
    assert desk.asked() == ["/robots.txt", "/robots.txt", "/report"]


async def test_robots_txt_is_asked_for_once_a_day(desk: Newsdesk) -> None:
    desk.host(one=html(article()), two=html(article()))
    tagger = desk.tagger()
    for path in ("/one", "/two"):
        await desk.tagged(desk.story(path), tagger)
        desk.clock.now += timedelta(hours=1)
    assert desk.asked() == ["/robots.txt", "/one", "/two"]
    desk.clock.now += timedelta(days=1)
    await desk.tagged(desk.story("/one", revision=2, content_hash="1" * 64), tagger)
    assert desk.asked().count("/robots.txt") == 2


async def test_an_endless_robots_txt_is_read_as_far_as_it_must_be(desk: Newsdesk) -> None:
    site = desk.host(report=html(article()))
    site.pages["/robots.txt"] = robots("User-agent: *\nDisallow: /report\n" + "# a line\n" * 200_000)
    assert (await desk.tagged(desk.story())).article is None
    assert desk.asked() == ["/robots.txt"]


async def test_where_a_redirect_leads_is_asked_like_the_first_server(desk: Newsdesk) -> None:
    desk.host("short.example", report=redirect(301, desk.story().url or ""))
    site = desk.host(report=html(article()))
    site.pages["/robots.txt"] = robots("User-agent: *\nDisallow: /report\n")
    tagger = desk.tagger()
    assert (await desk.tagged(desk.story(host="short.example"), tagger)).article is None
    assert desk.asked() == ["/robots.txt"]
    site.pages["/robots.txt"] = refusal(404)
    desk.clock.now += timedelta(days=2)
    taken = (await desk.tagged(desk.story(host="short.example"), tagger)).article
    assert taken is not None
    assert taken.url == desk.story().url


async def test_requests_to_one_domain_keep_the_pause_and_stories_past_their_patience_go_without(
    desk: Newsdesk,
) -> None:
    """As many stories at once as there are partitions, each behind the others of its domain."""
    names = [f"page{number}" for number in range(6)]
    desk.host("www.sample-wire.example", **{name: html(article()) for name in names})
    desk.host("news.sample-wire.example", **{name: html(article()) for name in names})
    hosts = ["www.sample-wire.example", "news.sample-wire.example"] * 3
    stories = [desk.story(f"/{name}", host=host) for name, host in zip(names, hosts, strict=True)]
    tagger, began = desk.tagger(), desk.clock.now
    found = await asyncio.gather(*(desk.tagged(story, tagger) for story in stories))
    assert len(found) == 6
    assert hurried(desk.origin.asked, PAUSE) == []
    assert desk.outcomes().get("not_now", 0) >= 1
    assert max(asked.at for asked in desk.origin.asked) <= began + timedelta(seconds=40)


async def test_the_poll_that_brought_a_story_counts_as_a_request(desk: Newsdesk) -> None:
    desk.host(report=html(article()))
    polled = desk.clock.now
    story = desk.story(feed_url=desk.origin.url("feeds.sample-wire.example", "/rss"), first_seen_at=polled)
    await desk.tagged(story)
    assert [asked.at - polled for asked in desk.origin.asked] == [PAUSE, 2 * PAUSE]


async def test_a_robots_txt_may_ask_for_a_longer_pause(desk: Newsdesk) -> None:
    site = desk.host(one=html(article()), two=html(article()))
    site.pages["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 9\n")
    tagger = desk.tagger()
    for path in ("/one", "/two"):
        await desk.tagged(desk.story(path), tagger)
    assert hurried(desk.origin.asked, timedelta(seconds=9)) == []
    assert desk.asked() == ["/robots.txt", "/one", "/two"]


async def test_a_server_that_asks_for_patience_has_it_from_everybody(desk: Newsdesk) -> None:
    desk.host(report=refusal(429, Retry_After="3600"), other=html(article()))
    tagger = desk.tagger()
    await desk.tagged(desk.story(), tagger)
    (hold,) = await desk.holds.holds(desk.clock.now)
    assert (hold.domain, hold.until) == ("sample-wire.example", desk.clock.now + timedelta(hours=1))
    assert (await desk.tagged(desk.story("/other"), tagger)).article is None
    assert desk.outcomes() == {"busy": 1, "held": 1}
    desk.clock.now += timedelta(hours=1)
    assert (await desk.tagged(desk.story("/other"), tagger)).article is not None


async def test_a_hold_that_a_poll_brought_keeps_pages_unasked_too(desk: Newsdesk) -> None:
    desk.host(report=html(article()))
    until = desk.clock.now + timedelta(hours=1)
    await desk.holds.hold(DomainHold(domain="sample-wire.example", until=until, reason="429"))
    story = desk.story()
    assert (await desk.tagged(story)).story == story
    assert desk.asked() == []


async def test_a_slow_robots_txt_costs_its_story_only_the_page(desk: Newsdesk) -> None:
    site = desk.host(report=html(article()))
    site.pages["/robots.txt"] = Answer(body=b"User-agent: *\n" * 10, manner=dripping)
    tagger = desk.tagger(VisitPolicy(), ArticlePolicy(total=timedelta(seconds=1), late=timedelta(seconds=1)))
    story = desk.story()
    assert (await desk.tagged(story, tagger)).story == story
    assert desk.outcomes() == {"not_now": 1}


async def test_stories_that_are_late_wait_for_no_turn_and_take_one_that_is_free(desk: Newsdesk) -> None:
    """Many of one site, one after another: together they hold up the next site's no longer than one does."""
    names = [f"page{number}" for number in range(12)]
    desk.host(**{name: html(article()) for name in names})
    began = desk.clock.now
    stories = [desk.story(f"/{name}") for name in names]
    tagger = desk.tagger()
    for story in stories:
        await desk.tagged(story, tagger)
    assert desk.clock.now - began <= timedelta(seconds=12)
    assert desk.outcomes() == {"taken": 2, "not_now": 10}
    desk.clock.now += timedelta(hours=1)
    assert (await desk.tagged(stories[-1], tagger)).article is not None


async def test_a_late_story_waits_for_the_turn_after_the_one_its_robots_txt_took(desk: Newsdesk) -> None:
    desk.host(page=html(article()))
    story = desk.story("/page")
    desk.clock.now += timedelta(hours=1)
    began = desk.clock.now
    assert (await desk.tagged(story, desk.tagger())).article is not None
    assert desk.clock.now - began <= VisitPolicy().pause
