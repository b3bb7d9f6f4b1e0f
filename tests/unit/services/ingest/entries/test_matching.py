"""One story or two: what publishers do to their entries, and what becomes of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.ingest.documents.parsed import ParsedEntry
from tests.unit.services.ingest.newsroom import NOW, Newsroom, entry, feed

FEED, OTHER = feed("all"), feed("politics")
ONE, TWO, THREE = entry(1), entry(2), entry(3)


@pytest.fixture
def room() -> Newsroom:
    return Newsroom()


def test_a_whole_feed_that_gets_new_guids_publishes_nothing(room: Newsroom) -> None:
    """FreshRSS #5909."""
    articles = [entry(number) for number in range(50)]
    room.poll(FEED, *articles)
    flipped = [replace(article, guid=f"urn:new:{number}") for number, article in enumerate(articles)]
    assert room.poll(FEED, *flipped).counts == {"unchanged": 50}
    assert room.poll(FEED, *flipped).entries == ()
    assert room.poll(FEED, *articles).counts == {"unchanged": 50}


def test_an_article_renamed_once_is_known_by_its_new_guid_when_all_else_changes(room: Newsroom) -> None:
    room.poll(FEED, ONE)
    room.poll(FEED, replace(ONE, guid="new"))
    changed = replace(
        ONE, guid="new", url="https://sample.example/moved", title="Corrected", text="More.", published_at=NOW
    )
    decision = room.poll(FEED, changed)
    assert decision.counts == {"revised": 1}
    assert decision.stories[0].id == room.stream[0].id


def test_a_feed_that_renames_its_entries_at_every_poll_publishes_and_keeps_nothing_more(
    room: Newsroom,
) -> None:
    for number in range(20):
        room.poll(FEED, replace(ONE, guid=f"random-{number}"), replace(TWO, guid=f"chance-{number}"))
    assert len(room.stream) == 2
    assert len(room.rows) <= 4


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, published_at=NOW),
        lambda one: replace(one, url=one.url.replace("https", "http") + "?utm_source=rss"),
        lambda one: replace(one, guid=None),
        lambda one: replace(one, guid="new", published_at=NOW),
        lambda one: replace(one, url="https://new.example/other/path"),
    ],
    ids=["date", "scheme", "no guid", "guid and date", "site"],
)
def test_what_readers_do_not_see_makes_no_new_story(
    room: Newsroom, change: Callable[[ParsedEntry], ParsedEntry]
) -> None:
    room.poll(FEED, ONE, TWO)
    assert room.poll(FEED, change(ONE), TWO).counts == {"unchanged": 2}


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, guid="new", text="It returned."),
        lambda one: replace(one, guid="new", title="Ship 1 returns"),
        lambda one: replace(one, guid="new", title="Ship 1 returns", text="It returned."),
    ],
    ids=["text", "title", "both, of the same moment"],
)
def test_an_article_renamed_and_corrected_at_once_is_revised(
    room: Newsroom, change: Callable[[ParsedEntry], ParsedEntry]
) -> None:
    room.poll(FEED, ONE)
    decision = room.poll(FEED, change(ONE))
    assert decision.counts == {"revised": 1}
    assert (decision.stories[0].id, decision.stories[0].revision) == (room.stream[0].id, 2)


def live(number: int, link: str = "https://sample.example/live") -> ParsedEntry:
    return entry(number, url=link, title=f"Live, part {number}", text=f"Report {number}.")


def test_items_of_a_live_blog_that_share_a_link_are_stories_of_their_own(room: Newsroom) -> None:
    for number in range(1, 5):
        room.poll(FEED, live(number), live(number - 1))
    assert len({story.id for story in room.stream}) == len(room.stream) == 5


def test_a_live_blog_with_one_item_at_a_time_swallows_none(room: Newsroom) -> None:
    for number in range(5):
        assert room.poll(FEED, live(number)).counts == {"published": 1}


def test_two_new_items_that_share_a_link_with_one_that_left_are_both_new(room: Newsroom) -> None:
    room.poll(FEED, live(1))
    again = [replace(live(number), title="Live, part 1") for number in (2, 3)]
    assert room.poll(FEED, *again).counts == {"published": 2}


def test_articles_that_link_to_the_front_page_are_stories_of_their_own(room: Newsroom) -> None:
    front = "https://sample.example/"
    room.poll(FEED, entry(1, url=front, title="Weather"))
    assert room.poll(FEED, entry(2, url=front, title="Weather", text="Rain.")).counts == {"published": 1}


def test_articles_without_anything_in_common_but_a_link_once_used_are_new(room: Newsroom) -> None:
    link = "https://sample.example/today"
    room.poll(FEED, entry(1, url=link, text="Monday."))
    assert room.poll(FEED, entry(2, url=link, text="Tuesday.")).counts == {"published": 1}


def test_an_article_beside_the_known_one_of_its_link_is_new(room: Newsroom) -> None:
    room.poll(FEED, ONE)
    assert room.poll(FEED, ONE, replace(ONE, guid="new")).counts == {"unchanged": 1, "published": 1}


def test_a_guid_used_again_after_its_article_was_renamed_swallows_nothing(room: Newsroom) -> None:
    room.poll(FEED, ONE)
    room.poll(FEED, replace(ONE, guid="new"))
    room.poll(FEED, replace(ONE, guid="newer"))
    other = replace(TWO, guid="g1")
    room.poll(FEED, replace(ONE, guid="newer"), other)
    assert {story.title for story in room.arrived.values()} == {ONE.title, TWO.title}


def test_two_articles_under_one_guid_are_two_stories_and_stay_so_as_they_come_and_go(room: Newsroom) -> None:
    other = replace(TWO, guid="g1")
    room.poll(FEED, ONE)
    assert room.poll(FEED, other, ONE).counts == {"published": 1, "unchanged": 1}
    assert room.poll(FEED, other).counts == {"unchanged": 1}
    assert room.poll(FEED, ONE, other).counts == {"unchanged": 2}


def test_a_story_in_two_feeds_of_an_outlet_is_one_story(room: Newsroom) -> None:
    room.poll(FEED, ONE, TWO)
    assert room.poll(OTHER, TWO, THREE).counts == {"duplicate": 1, "published": 1}
    assert room.poll(OTHER, TWO, THREE).counts == {"unchanged": 2}
    assert room.poll(FEED, THREE, TWO).counts == {"duplicate": 1, "unchanged": 1}
    assert len(room.stream) == 3


def test_a_story_in_feeds_of_two_outlets_is_two(room: Newsroom) -> None:
    room.poll(FEED, ONE)
    assert room.poll(feed("copy", outlet="Other"), ONE).counts == {"published": 1}
    assert len({story.id for story in room.stream}) == 2


def test_a_story_under_other_guids_in_a_second_feed_is_known_by_its_link(room: Newsroom) -> None:
    room.poll(FEED, ONE)
    assert room.poll(OTHER, replace(ONE, guid=None, text="It")).counts == {"duplicate": 1}


def test_feeds_that_number_their_entries_mean_different_articles_by_one_number(room: Newsroom) -> None:
    room.poll(FEED, entry(1, guid="1"))
    assert room.poll(OTHER, entry(2, guid="1")).counts == {"published": 1}
    assert room.poll(OTHER, entry(2, guid="1")).counts == {"unchanged": 1}
    assert len({story.id for story in room.stream}) == 2


def test_a_number_without_a_link_in_two_feeds_loses_neither_article(room: Newsroom) -> None:
    room.poll(FEED, entry(1, guid="1", url=None))
    room.poll(OTHER, entry(2, guid="1", url=None))
    assert [story.title for story in room.stream] == ["Ship 1 leaves", "Ship 2 leaves"]
    assert len(room.arrived) == 2


def test_a_feed_of_teasers_and_one_of_full_texts_do_not_correct_each_other(room: Newsroom) -> None:
    teaser = replace(ONE, text="It…")
    for _ in range(3):
        room.poll(FEED, ONE)
        room.poll(OTHER, teaser)
    assert len(room.stream) == 1


def test_a_correction_in_two_feeds_is_one_revision(room: Newsroom) -> None:
    corrected = replace(ONE, text="It sailed on Monday.")
    room.poll(FEED, ONE)
    room.poll(OTHER, ONE)
    assert room.poll(OTHER, corrected).counts == {"revised": 1}
    assert room.poll(FEED, corrected).counts == {"unchanged": 1}
    assert [story.revision for story in room.stream] == [1, 2]


def test_an_article_an_outlet_corrects_back_is_revised_twice(room: Newsroom) -> None:
    for text in ("A", "B", "A"):
        room.poll(FEED, replace(ONE, text=text))
    assert [(story.revision, story.text) for story in room.stream] == [(1, "A"), (2, "B"), (3, "A")]


def test_an_article_corrected_back_beside_a_feed_that_never_followed_is_still_told(room: Newsroom) -> None:
    room.poll(FEED, ONE)
    room.poll(OTHER, ONE)
    room.poll(FEED, replace(ONE, text="Wrong."))
    room.poll(FEED, ONE)
    assert [story.text for story in room.stream] == [ONE.text, "Wrong.", ONE.text]


def test_a_feed_replaced_by_another_of_the_outlet_tells_nothing_again(room: Newsroom) -> None:
    room.poll(FEED, ONE, TWO)
    room.now += timedelta(days=1)
    assert room.poll(OTHER, ONE, TWO).stories == ()


def test_a_correction_that_may_not_have_arrived_is_told_after_what_came_since(room: Newsroom) -> None:
    corrected = replace(ONE, text="It sailed on Monday.")
    room.poll(FEED, ONE)
    room.poll(OTHER, ONE)
    room.poll(FEED, corrected, crash="before_publish")
    room.poll(OTHER, replace(ONE, text="It sailed on Tuesday."))
    assert room.poll(FEED, corrected).counts == {"revised": 1}
    assert [story.revision for story in room.stream] == [1, 3, 4]


def test_how_much_was_known_is_told(room: Newsroom) -> None:
    assert room.poll(FEED).known_share is None
    assert room.poll(FEED, ONE, TWO).known_share == 0
    assert room.poll(FEED, THREE, TWO, ONE, replace(ONE, text="More.")).known_share == 0.75
    old = entry(4, published_at=NOW - timedelta(days=60))
    assert room.poll(OTHER, ONE, old).known_share == 1
    assert room.poll(OTHER, entry(5), entry(5), entry(6), ONE).known_share == 0.25
