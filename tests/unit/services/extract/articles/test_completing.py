"""A story of which the feed has a teaser is completed from its page; what goes wrong leaves the teaser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.extract.articles.visits import VisitPolicy
from services.extract.pages.policy import ArticlePolicy
from shared.http.exchange import HttpLimits
from shared.model.story import Story
from shared.model.tag import TaggedStory
from tests.origin.answers import CHUNK, Answer, cut_short, dripping, endless, redirect, refusal
from tests.unit.services.extract.articles.newsdesk import (
    HTML,
    PATIENT,
    REPORT,
    TEASER,
    TITLE,
    Newsdesk,
    article,
    html,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


def left_as_it_was(tagged: TaggedStory, story: Story) -> bool:
    return tagged.story == story and tagged.article is None and bool(tagged.tags.language)


async def test_a_teaser_becomes_relevant_through_what_its_page_says(desk: Newsdesk) -> None:
    desk.host(report=html(article()))
    story = desk.story()
    teaser_alone = await desk.tagged(replace(story, url=None))
    completed = await desk.tagged(story)
    assert (teaser_alone.tags.relevant, completed.tags.relevant) == (False, True)
    assert completed.story.text == "\n".join(REPORT)
    assert replace(completed.story, text=TEASER) == story
    for evidence in completed.tags.evidence:
        ground = completed.story.title if evidence.section == "title" else completed.story.text
        assert ground[evidence.start : evidence.end] == evidence.text
    assert desk.outcomes() == {"taken": 1}


async def test_what_the_page_says_of_itself_is_kept(desk: Newsdesk) -> None:
    head = (
        '<link rel="canonical" href="/2024/report"><meta property="og:site_name" content="Sample Wire">'
        '<meta property="article:modified_time" content="2024-10-21T19:30:00+09:00">'
        '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",'
        '"datePublished": "2024-10-21T09:00:00Z",'
        '"author": [{"@type": "Person", "name": "Sam Writer"}, {"@type": "Person", "name": "Kim Reporter"}]}'
        "</script>"
    )
    desk.host(report=html(article(*REPORT, "(Yonhap)", head=head)))
    found = (await desk.tagged(desk.story())).article
    assert found is not None
    assert found.teaser == TEASER
    assert found.url == desk.story().url
    assert found.canonical_url == desk.story("/2024/report").url
    assert found.published_at == datetime(2024, 10, 21, 9, tzinfo=UTC)
    assert found.modified_at == datetime(2024, 10, 21, 10, 30, tzinfo=UTC)
    assert set(found.authors) == {"Sam Writer", "Kim Reporter"}
    assert (found.site_name, found.credit) == ("Sample Wire", "Yonhap")
    assert found.fetched_at == desk.clock.now


async def test_what_only_the_feed_says_stays_before_the_page(desk: Newsdesk) -> None:
    desk.host(report=html(article()))
    summary = "Pyongyang and its harbour: all questions about North Korea and Moscow in one summary."
    tagged = await desk.tagged(desk.story(text=summary))
    assert tagged.article is not None
    assert tagged.story.text == f"{summary}\n\n" + "\n".join(REPORT)
    assert tagged.story.text[tagged.article.begins :] == "\n".join(REPORT)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (" ".join(REPORT * 3), TITLE),
        ("It rained on the harbour this week...", "Sample: a week of rain"),
    ],
    ids=["whole", "about neither side"],
)
async def test_a_whole_report_and_one_about_others_are_left_alone(
    desk: Newsdesk, text: str, title: str
) -> None:
    desk.host(report=html(article()))
    story = desk.story(text=text, title=title)
    assert left_as_it_was(await desk.tagged(story), story)
    assert desk.asked() == []
    assert desk.outcomes() == {}


REFUSALS = {
    304: "not_modified",
    401: "refused",
    402: "paywall",
    403: "refused",
    404: "gone",
    410: "gone",
    429: "busy",
    451: "refused",
    500: "http_error",
    503: "busy",
}


@pytest.mark.parametrize(("status", "outcome"), REFUSALS.items())
async def test_an_article_answered_304_or_403_costs_neither_its_story_nor_the_next(
    desk: Newsdesk, status: int, outcome: str
) -> None:
    """One article's status ends a whole collection in another reader of feeds."""
    desk.host(report=refusal(status))
    desk.host("other.example", report=html(article()))
    refused, next_one = desk.story(), desk.story(host="other.example")
    first, second = await desk.tagged_in_turn([refused, next_one])
    assert left_as_it_was(first, refused)
    assert second.article is not None
    assert desk.outcomes() == {outcome: 1, "taken": 1}


CONSENT = article(
    *["We and our partners store cookies on your device to measure audiences. " * 4] * 4,
    title="Before you continue",
)
LOCKED = article(
    head='<script type="application/ld+json">{"@graph": [{"@type": ["NewsArticle"],'
    ' "isAccessibleForFree": "False"}]}</script>'
)
BEGUN = article(REPORT[0], REPORT[1], "Already a subscriber? Log in to continue reading.")
PDF = Answer(body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"})
UNFIT: dict[str, tuple[Answer, str]] = {
    "consent": (html(CONSENT), "other_words"),
    "for subscribers by its own word": (html(LOCKED), "paywall"),
    "cut where subscribers go on": (html(BEGUN), "paywall"),
    "shorter": (html(article("North Korea has confirmed.")), "shorter"),
    "empty": (html(b"<!DOCTYPE html><html><body><div id=root></div></body></html>"), "no_words"),
    "no bytes": (html(b""), "not_html"),
    "not html": (PDF, "not_html"),
    "another site's inside": (redirect(302, "http://169.254.169.254/latest/meta-data/"), "blocked"),
    "a file": (redirect(302, "file:///etc/hostname"), "blocked"),
    "in a circle": (redirect(302, "/report"), "http_error"),
    "half a page": (replace(html(article()), manner=cut_short), "unreachable"),
    "more than 10 MB": (
        Answer(body=b"<p>x</p>" * CHUNK, headers=HTML, manner=endless(20_000_000)),
        "too_large",
    ),
}


@pytest.mark.parametrize(("answer", "outcome"), UNFIT.values(), ids=UNFIT.keys())
async def test_a_page_that_is_not_the_report_leaves_the_teaser(
    desk: Newsdesk, answer: Answer, outcome: str
) -> None:
    desk.host(report=answer)
    story = desk.story()
    assert left_as_it_was(await desk.tagged(story), story)
    assert set(desk.outcomes()) == {outcome}


async def test_a_page_that_drips_leaves_the_teaser(desk: Newsdesk) -> None:
    desk.host(report=replace(html(article()), manner=dripping))
    story = desk.story()
    hasty = VisitPolicy(limits=HttpLimits(total=timedelta(seconds=1)))
    assert left_as_it_was(await desk.tagged(story, desk.tagger(hasty)), story)
    assert desk.outcomes() == {"unreachable": 1}


async def test_a_name_that_leads_nowhere_leaves_the_teaser(desk: Newsdesk) -> None:
    story = desk.story(host="sample.unknown")
    assert left_as_it_was(await desk.tagged(story), story)


BOMBS = {
    "deep": b"<html><body>" + b"<div>" * 300_000,
    "wide": b"<html><body><p>" + b"<span>a</span>" * 500_000,
    "attributes": b"<html><body><p " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">",
    "brackets": b"<html><body>" + b"<" * 2_000_000,
    "no markup": b"\0" * 1_000_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
async def test_a_page_made_to_cost_costs_a_worker_and_not_the_story(desk: Newsdesk, bomb: bytes) -> None:
    desk.host(report=html(bomb))
    desk.host("other.example", report=html(article()))
    tagger = desk.tagger(policy=replace(PATIENT, reading=timedelta(seconds=3)))
    story = desk.story()
    assert left_as_it_was(await desk.tagged(story, tagger), story)
    assert (await desk.tagged(desk.story(host="other.example"))).article is not None


@pytest.mark.parametrize("declared", ["euc-kr", "utf-8", ""], ids=["right", "wrong", "none"])
async def test_a_page_is_read_in_its_encoding_whatever_it_declares(desk: Newsdesk, declared: str) -> None:
    sentences = (
        "북한이 러시아에 포탄을 보냈다고 표본통신이 금요일 보도했다. 선박은 항구를 떠났다.",
        "국방부는 병력 1,500명이 러시아로 이동했다고 밝혔다. 확인되지 않은 내용도 있다.",
        "전문가들은 조약에 따라 협력이 늘어날 것으로 내다봤다. 항구에서는 아무도 답하지 않았다.",
    )
    title = "북한, 항구에 대한 질문에 답하다"
    page = article(*sentences, title=title).decode().replace('<meta charset="utf-8">', "")
    kind = f"text/html; charset={declared}" if declared else "text/html"
    desk.host(report=Answer(body=page.encode("euc-kr"), headers={"Content-Type": kind}))
    tagged = await desk.tagged(
        desk.story(title=title, text="북한이 러시아에 포탄을 보냈다고…", language="ko")
    )
    assert tagged.story.text == "\n".join(sentences)


async def test_a_story_waits_for_a_silent_page_no_longer_than_it_may(desk: Newsdesk) -> None:
    desk.host(report=replace(html(article()), manner=dripping))
    patient = VisitPolicy(limits=HttpLimits(total=timedelta(seconds=60)))
    tagger = desk.tagger(patient, ArticlePolicy(total=timedelta(seconds=1), late=timedelta(seconds=1)))
    story = desk.story()
    assert left_as_it_was(await desk.tagged(story, tagger), story)
    assert desk.outcomes() == {"not_now": 1}


async def test_a_mistake_of_ours_about_a_page_leaves_the_teaser(desk: Newsdesk) -> None:
    async def broken(_: float) -> None:
        raise ZeroDivisionError

    desk.host(report=html(article()))
    story = desk.story()
    assert left_as_it_was(await desk.tagged(story, desk.tagger(rest=broken)), story)
    assert desk.outcomes() == {"failed": 1}
