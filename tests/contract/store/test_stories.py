"""What the story store keeps, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.extract.alerting import Consequence, consequence
from services.extract.events import Assignment
from services.extract.policy import Verdict
from shared.db import Database
from shared.model.tag import TaggedStory
from shared.store.alerts import AlertStore
from shared.store.events import EventStore
from shared.store.ledger import LedgerStore
from shared.store.stories import StoryStore
from tests.contract.store.rows import all_rows, wipe
from tests.samples import NOON, a_story, a_tagged_story, an_article, some_tags

TOLD = Verdict(outcome="notified", reason="first_report", because="it is new", told_as="first_report")
KEPT = Verdict(outcome="suppressed", reason="copy", because="it is a copy")
IRRELEVANT = some_tags(relevant=False, tier="none", categories=(), score=0.01)


def _made(tagged: TaggedStory, verdict: Verdict = TOLD, event: str = "event-1") -> Consequence:
    return consequence(tagged, Assignment(event_id=event, copy_of=None, reason="new"), verdict, None, NOON)


def _revision(number: int, *, relevant: bool = True, story: str = "story-1") -> TaggedStory:
    changed = a_story(id=story, revision=number, text=f"Revision {number} of {story}.")
    return a_tagged_story(changed, some_tags() if relevant else IRRELEVANT)


@pytest.fixture
def stories(database: Database) -> StoryStore:
    return StoryStore(database)


async def _record(stories: StoryStore, tagged: TaggedStory, verdict: Verdict = TOLD) -> None:
    if not tagged.tags.relevant:
        await stories.record(tagged, None)
        return
    made = _made(tagged, verdict)
    await stories.record(tagged, made.decision, event=made.event, alert=made.alert)


async def test_what_is_recorded_comes_back_as_it_was(stories: StoryStore, database: Database) -> None:
    tagged = a_tagged_story(a_story(text="Ü한\U0001f680 text", url=None, revised_at=NOON))
    made = _made(tagged)
    sent = await stories.record(tagged, made.decision, event=made.event, alert=made.alert)
    stored = await stories.get(tagged.story.id)
    assert stored is not None
    assert (stored.state, stored.tagged) == ("notified", tagged)
    assert await stories.decisions(tagged.story.id) == [made.decision]
    assert sent == made.alert == await AlertStore(database).get(sent.id if sent else "")
    assert await EventStore(database).get("event-1") == made.event


async def test_what_a_storys_page_said_comes_back_as_it_was(stories: StoryStore) -> None:
    article = an_article(teaser="a\0b", authors=("Ü 한",), begins=12, modified_at=None)
    tagged = replace(_revision(1), article=article)
    await _record(stories, tagged)
    stored = await stories.get("story-1")
    assert stored is not None
    assert stored.tagged == replace(tagged, article=replace(article, teaser="a\ufffdb"))


async def test_what_is_not_there_is_none(stories: StoryStore, database: Database) -> None:
    assert await stories.get("nobody") is None
    assert await stories.decisions("nobody") == []
    assert await AlertStore(database).get("nothing") is None
    assert await EventStore(database).history("nothing", "nobody") is None


async def test_an_irrelevant_story_is_one_row_and_off_topic(stories: StoryStore, database: Database) -> None:
    await _record(stories, _revision(1, relevant=False))
    stored = await stories.get("story-1")
    assert stored is not None
    assert stored.state == "off_topic"
    assert (await LedgerStore(database).counts())["off_topic"] == 1


async def test_an_older_revision_never_overwrites_a_newer_one(stories: StoryStore) -> None:
    await _record(stories, _revision(2))
    await _record(stories, _revision(1), KEPT)
    stored = await stories.get("story-1")
    assert stored is not None
    assert (stored.tagged.story.revision, stored.state) == (2, "notified")


async def test_a_nul_character_in_a_text_is_stored_as_another_of_the_same_length(stories: StoryStore) -> None:
    evil = a_story(title="a\0b", text="c\0", entry_key="k\0")
    await _record(stories, a_tagged_story(evil, some_tags(tier="core", language="en", version="v\0")))
    stored = await stories.get(evil.id)
    assert stored is not None
    assert (stored.tagged.story.title, stored.tagged.tags.version) == ("a\ufffdb", "v\ufffd")


async def test_the_first_decision_on_a_revision_stands_and_its_alert_is_answered_again(
    stories: StoryStore, database: Database
) -> None:
    tagged = _revision(1)
    made = _made(tagged)
    first = await stories.record(tagged, made.decision, event=made.event, alert=made.alert)
    before = await all_rows(database)
    later = _made(replace(tagged, tagged_at=NOON + timedelta(hours=1)), event="another-event")
    again = await stories.record(tagged, later.decision, event=later.event, alert=later.alert)
    assert first == again
    assert await all_rows(database) == before


async def test_a_revision_found_relevant_after_all_is_no_longer_off_topic(
    stories: StoryStore, database: Database
) -> None:
    await _record(stories, _revision(1, relevant=False))
    await _record(stories, _revision(1))
    await _record(stories, _revision(1, relevant=False))
    stored = await stories.get("story-1")
    assert stored is not None
    assert stored.state == "notified"
    counts = await LedgerStore(database).counts()
    assert (counts["relevant"], counts["off_topic"]) == (1, 0)


async def test_alerts_of_an_event_are_numbered_without_gaps_whatever_they_claim(
    stories: StoryStore, database: Database
) -> None:
    for number in range(1, 6):
        tagged = _revision(1, story=f"story-{number}")
        made = _made(tagged)
        assert made.alert is not None
        await stories.record(
            tagged, made.decision, event=made.event, alert=replace(made.alert, sequence=number * 7)
        )
    listed = await AlertStore(database).list(0, 10)
    assert [stored.alert.sequence for stored in listed] == [1, 2, 3, 4, 5]
    event = await EventStore(database).get("event-1")
    assert event is not None
    assert event.stories == 5


async def test_lists_follow_a_cursor_through_every_row_once(stories: StoryStore, database: Database) -> None:
    for number in range(7):
        await _record(stories, _revision(1, story=f"story-{number}", relevant=number % 2 == 0))
    seen: list[str] = []
    cursor = 0
    while page := await stories.list(cursor, 3):
        seen += [stored.tagged.story.id for stored in page]
        cursor = page[-1].sequence
    assert seen == [f"story-{number}" for number in range(7)]
    assert len(await stories.list(0, 100, relevant=True)) == await stories.count(relevant=True) == 4
    assert await stories.count() == 7
    severe = await AlertStore(database).list(0, 100, min_severity=5)
    assert len(severe) == await AlertStore(database).count() == 4


async def test_a_list_can_begin_with_what_was_first_seen_since_a_moment(stories: StoryStore) -> None:
    for day in (2, 0, 1):
        story = a_story(id=f"day-{day}", first_seen_at=NOON + timedelta(days=day))
        await stories.record(a_tagged_story(story, IRRELEVANT), None)
    since = await stories.list(0, 10, seen_since=NOON + timedelta(days=1))
    assert [stored.tagged.story.id for stored in since] == ["day-2", "day-1"]
    rest = await stories.list(since[0].sequence, 10, seen_since=NOON + timedelta(days=1))
    assert [stored.tagged.story.id for stored in rest] == ["day-1"]


async def test_the_history_knows_the_wording_that_was_told_last(
    stories: StoryStore, database: Database
) -> None:
    await _record(stories, _revision(1))
    await _record(stories, _revision(2), KEPT)
    history = await EventStore(database).history("event-1", "story-1")
    assert history is not None
    assert history.told is not None
    assert (history.told.revision, history.told.text) == (1, "Revision 1 of story-1.")
    assert (history.outlets, history.languages) == (("sample-wire",), ("en",))
    assert len(history.alerts) == 1


async def test_active_stories_are_the_newest_relevant_ones_oldest_first(
    stories: StoryStore, database: Database
) -> None:
    for number in range(6):
        await _record(stories, _revision(1, story=f"story-{number}", relevant=number != 4))
    await _record(stories, _revision(2, story="story-1"))
    known = await EventStore(database).known("story-1", 3, active=3)
    assert (known.newest_revision, known.event_id) == (2, "event-1")
    assert [active.story_id for active in known.active] == ["story-2", "story-3", "story-5"]
    worded = await EventStore(database).wordings(["story-1", "story-2", "nobody"])
    assert {wording.story_id: wording.revision for wording in worded} == {"story-1": 2, "story-2": 1}


DELIVERIES = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=12)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=DELIVERIES)
async def test_any_order_with_any_repeats_ends_in_the_same_rows(
    database: Database, order: list[tuple[int, int]]
) -> None:
    """The numbers that follow the order of arrival aside."""
    ends = []
    for sequence in (order, sorted(set(order)), [*order, *reversed(order)]):
        await wipe(database)
        for story, revision in sequence:
            relevant = (story + revision) % 3 > 0
            tagged = _revision(revision, relevant=relevant, story=f"story-{story}")
            await _record(StoryStore(database), tagged, TOLD if revision % 2 else KEPT)
        ends.append(await all_rows(database, without=("sequence", "event_sequence", "body")))
        numbers = [stored.alert.sequence for stored in await AlertStore(database).list(0, 100)]
        assert numbers == list(range(1, len(numbers) + 1))
    assert ends[0] == ends[1] == ends[2]
