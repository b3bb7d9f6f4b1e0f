"""Mistakes other readers make about what is the same report, each as a test with its name."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha1
from itertools import count
from zlib import crc32

import pytest

from tests.e2e.ingest.play import Play
from tests.origin.newsroom import Entry, Newsroom
from tests.unit.services.ingest.desk import NOW


def published(number: int) -> Entry:
    return Entry(
        name=f"story-{number}",
        title=f"Sample ship {number} leaves port",
        text=f"It sailed at dawn, says harbour report {number}.",
        guid=f"tag:sample.example,2024:{number}",
        link=f"http://sample.example/ships/{number}?utm_source=rss",
        published=NOW - timedelta(hours=number + 1),
    )


def with_new_guid(entry: Entry) -> Entry:
    return replace(entry, guid=f"https://sample.example/?p={entry.guid}")


def with_bumped_date(entry: Entry) -> Entry:
    return replace(entry, published=NOW + timedelta(minutes=5))


def with_secure_link(entry: Entry) -> Entry:
    return replace(entry, link=(entry.link or "").replace("http:", "https:"))


def with_other_tracking(entry: Entry) -> Entry:
    return replace(entry, link=(entry.link or "").replace("utm_source=rss", "utm_source=feed&fbclid=x1"))


def with_the_guid_gone(entry: Entry) -> Entry:
    return replace(entry, guid=None)


CHANGES = [with_new_guid, with_bumped_date, with_secure_link, with_other_tracking, with_the_guid_gone]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
async def test_no_new_story_and_no_revision_when_all_entries_come(play: Play, change: object) -> None:
    """A guid flip, a pubDate bump, a move to https: other readers alert on everything again."""
    room, feed = await play.newsroom()
    room.publish(*(published(number) for number in range(12)))
    await play.poll(feed)
    assert len(play.stories) == 12
    assert callable(change)
    room.change_all(change)
    play.pass_time(minutes=10)
    poll = await play.poll(feed)
    assert len(play.stories) == 12, [story.title for story in play.stories[12:]]
    assert (poll.outcome, sum(poll.entries.values())) == ("no_new_entries", 12)


async def test_guids_that_are_the_old_addresses_survive_the_move_to_https(play: Play) -> None:
    room, feed = await play.newsroom()
    addresses = [f"http://www.sample.example/ships/{number}" for number in range(5)]
    room.publish(*(Entry(name=url, title=f"Report {url[-1]}", guid=url, link=url) for url in addresses))
    await play.poll(feed)

    def moved(entry: Entry) -> Entry:
        secure = (entry.guid or "").replace("http://", "https://")
        return replace(entry, guid=secure, link=secure)

    room.change_all(moved)
    await play.poll(feed)
    assert len(play.stories) == 5


async def test_an_edit_is_a_revision_of_the_same_story_and_no_new_one(play: Play) -> None:
    room, feed = await play.newsroom()
    room.publish(published(1), published(2))
    await play.poll(feed)
    room.edit("story-1", title="Sample ship 1 leaves port again")
    await play.poll(feed)
    *_, last = play.stories
    (first,) = (story for story in play.stories[:2] if story.entry_key == last.entry_key)
    assert len(play.stories) == 3
    assert (last.id, last.revision, last.title) == (first.id, 2, "Sample ship 1 leaves port again")


async def test_an_edit_back_to_the_first_words_is_a_revision_too(play: Play) -> None:
    room, feed = await play.newsroom()
    room.publish(published(1))
    for title in ("Sample ship 1 leaves port", "Sample ship 1 sinks", "Sample ship 1 leaves port"):
        room.edit("story-1", title=title)
        await play.poll(feed)
    assert [story.revision for story in play.stories] == [1, 2, 3]
    assert len({story.id for story in play.stories}) == 1


async def test_a_backdated_entry_is_published(play: Play) -> None:
    """It appears today with a date before everything known, at the end of the document."""
    room, feed = await play.newsroom()
    room.publish(*(published(number) for number in range(5)))
    await play.poll(feed)
    late = Entry(name="late", title="A report held back", guid="late", published=NOW - timedelta(days=5))
    room.entries = [*room.entries, late]
    await play.poll(feed)
    assert [story.title for story in play.stories[5:]] == ["A report held back"]


async def test_guids_with_the_same_crc32_are_two_stories(play: Play) -> None:
    room, feed = await play.newsroom()
    assert crc32(b"plumless") == crc32(b"buckeroo")
    room.publish(*(Entry(name=guid, title=f"Report {guid}", guid=guid) for guid in ("plumless", "buckeroo")))
    await play.poll(feed)
    assert len({story.id for story in play.stories}) == 2


async def test_guids_that_agree_in_24_bits_are_two_stories(play: Play) -> None:
    room, feed = await play.newsroom()
    one, other = _twins()
    room.publish(*(Entry(name=guid, title=f"Report {guid}", guid=guid) for guid in (one, other)))
    await play.poll(feed)
    assert len({story.id for story in play.stories}) == 2


async def test_a_story_in_two_feeds_of_an_outlet_is_one_story(play: Play) -> None:
    politics, world = Newsroom(), Newsroom()
    feeds = [
        await play.watch("politics.sample.example", politics, outlet="The Sample"),
        await play.watch("world.sample.example", world, outlet="The Sample"),
    ]
    politics.publish(published(1))
    world.publish(replace(published(1), guid="another-guid"))
    for feed in (*feeds, *feeds):
        await play.poll(feed)
    assert len({story.id for story in play.stories}) == 1
    assert [story.revision for story in play.stories] == [1]


async def test_the_same_entry_of_two_outlets_is_two_stories(play: Play) -> None:
    for host in ("one.example", "other.example"):
        room, feed = await play.newsroom(host)
        room.publish(published(1))
        await play.poll(feed)
    assert len({story.id for story in play.stories}) == 2


async def test_an_entry_that_comes_back_is_no_news(play: Play) -> None:
    room, feed = await play.newsroom()
    room.publish(published(1), published(2))
    await play.poll(feed)
    room.drop("story-1")
    await play.poll(feed)
    room.publish(published(1))
    await play.poll(feed)
    assert len(play.stories) == 2


def _twins() -> tuple[str, str]:
    """Two guids whose hashes begin with the same six hexadecimal digits."""
    seen: dict[str, str] = {}
    for number in count():
        guid = f"guid-{number}"
        start = sha1(guid.encode(), usedforsecurity=False).hexdigest()[:6]
        if start in seen:
            return seen[start], guid
        seen[start] = guid
    raise AssertionError("count has an end")
