"""A story completed once and tagged again: replayed, or revised while its page is there, changed or lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.extract.policy import material_change
from shared.model.history import Wording
from tests.origin.answers import refusal
from tests.unit.services.extract.articles.newsdesk import REPORT, TEASER, Newsdesk, article, html

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_replayed_record_asks_nobody_and_becomes_the_same_record(desk: Newsdesk) -> None:
    desk.host(report=html(article()))
    story = desk.story()
    first = await desk.tagged(story)
    await desk.stories.record(first, None)
    desk.host(report=refusal(403))
    again = await desk.tagged(story)
    assert (again.story, again.tags, again.article) == (first.story, first.tags, first.article)
    assert desk.asked().count("/report") == 1
    assert desk.outcomes() == {"taken": 1, "known": 1}


async def test_a_page_lost_before_a_revision_does_not_make_the_revision_a_correction(desk: Newsdesk) -> None:
    desk.host(report=html(article()))
    first = await desk.tagged(desk.story())
    await desk.stories.record(first, None)
    desk.host(report=refusal(403))
    revised = desk.story(text=f"Updated: {TEASER}", revision=2, content_hash="1" * 64)
    second = await desk.tagged(revised)
    told = Wording(story_id=first.story.id, revision=1, title=first.story.title, text=first.story.text)
    assert second.tags.relevant
    assert material_change(told, second.story.title, second.story.text) is None
    assert material_change(told, revised.title, revised.text) is not None  # what it would have looked like
    assert desk.outcomes() == {"taken": 1, "kept": 1}


async def test_a_revision_is_completed_from_the_page_as_it_is_now(desk: Newsdesk) -> None:
    desk.host(report=html(article()))
    await desk.stories.record(await desk.tagged(desk.story()), None)
    corrected = (*REPORT[:3], "Correction: the ships carried 200 containers, not 2,000.")
    desk.host(report=html(article(*corrected)))
    second = await desk.tagged(desk.story(revision=2, content_hash="1" * 64))
    assert second.story.text == "\n".join(corrected)


async def test_of_two_revisions_before_anything_is_stored_the_second_keeps_what_the_first_was_given(
    desk: Newsdesk,
) -> None:
    """As after an hour's standstill, when both are read in one batch and neither waits for a turn."""
    desk.host(report=html(article()), other=html(article()))
    tagger = desk.tagger()
    await desk.tagged(desk.story("/other"), tagger)
    desk.clock.now += timedelta(minutes=1)
    seen = desk.clock.now - timedelta(hours=1)
    first = desk.story(first_seen_at=seen)
    second = replace(first, revision=2, revised_at=seen + timedelta(minutes=5), content_hash="1" * 64)
    told, corrected = [await desk.tagged(story, tagger) for story in (first, second)]
    assert (told.tags.relevant, corrected.tags.relevant) == (True, True)
    assert corrected.story.text == told.story.text == "\n".join(REPORT)
    assert desk.outcomes() == {"taken": 2, "kept": 1}


async def test_what_is_stored_of_a_later_revision_counts_more_than_what_is_remembered(desk: Newsdesk) -> None:
    desk.host(report=html(article()))
    tagger = desk.tagger()
    first = await desk.tagged(desk.story(), tagger)
    later = replace(
        first.story, revision=2, content_hash="1" * 64, text=f"{first.story.text} It was amended."
    )
    await desk.stories.record(replace(first, story=later), None)
    desk.host(report=refusal(403))
    third = await desk.tagged(desk.story(revision=3, content_hash="2" * 64), tagger)
    assert third.story.text == later.text
