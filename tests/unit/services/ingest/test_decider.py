"""What becomes of every entry of a document, this time and the next."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.decider import Decision, decide, held, keys_of
from services.ingest.documents.parsed import ParsedEntry, ParsedFeed
from services.ingest.entries.identity import identify
from shared.model.feed import Feed, KnownEntry
from shared.model.ids import feed_id, story_id
from tests.unit.services.ingest.newsroom import Crash, Newsroom

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
URL = "https://sample.example/feed.xml"
FEED = Feed(id=feed_id(URL), url=URL, name="Sample", outlet="Sample", language=None)
ENTRY = ParsedEntry(
    guid="g1",
    url="https://sample.example/1",
    title="A ship leaves",
    text="It sailed.",
    published_at=NOW - timedelta(hours=3),
    published_source="feed",
)


def decided(
    entries: Sequence[ParsedEntry],
    known: Mapping[str, KnownEntry] | None = None,
    *,
    now: datetime = NOW,
    oldest: timedelta | None = timedelta(days=30),
    over_cap: int = 0,
    undecodable: int = 0,
) -> Decision:
    parsed = ParsedFeed(
        title="Sample", entries=tuple(entries), language="ru", over_cap=over_cap, undecodable=undecodable
    )
    return decide(FEED, parsed, identify(entries), tuple((known or {}).values()), now=now, oldest=oldest)


def remembered(*decisions: Decision) -> dict[str, KnownEntry]:
    return {row.entry_key: row for decision in decisions for row in decision.entries}


def test_a_new_entry_is_published_as_the_first_revision() -> None:
    decision = decided([ENTRY])
    (story,) = decision.stories
    assert (story.id, story.revision, story.entry_key) == (story_id("Sample", "g1"), 1, "g1")
    assert (story.first_seen_at, story.revised_at, story.language) == (NOW, None, "ru")
    assert (story.published_at, story.published_source) == (ENTRY.published_at, "feed")
    assert decision.counts == {"published": 1}


def test_the_same_entry_again_is_unchanged() -> None:
    again = decided([ENTRY], remembered(decided([ENTRY])), now=NOW + timedelta(minutes=10))
    assert (again.stories, again.entries, again.counts) == ((), (), {"unchanged": 1})


def test_a_changed_title_or_text_is_the_next_revision_of_the_same_story() -> None:
    first = decided([ENTRY])
    second = decided(
        [replace(ENTRY, title="Two ships leave")], remembered(first), now=NOW + timedelta(hours=1)
    )
    third = decided(
        [replace(ENTRY, text="It returned.")], remembered(first, second), now=NOW + timedelta(hours=2)
    )
    assert [d.stories[0].revision for d in (first, second, third)] == [1, 2, 3]
    assert len({d.stories[0].id for d in (first, second, third)}) == 1
    assert third.stories[0].first_seen_at == NOW
    assert third.stories[0].revised_at == NOW + timedelta(hours=2)
    assert third.counts == {"revised": 1}


def test_a_revision_without_date_keeps_the_moment_of_the_first() -> None:
    undated = replace(ENTRY, published_at=None, published_source=None)
    known = remembered(decided([undated]))
    later = decided([replace(undated, text="More.")], known, now=NOW + timedelta(days=2)).stories[0]
    assert (later.published_at, later.published_source) == (NOW, "first_seen")


def test_an_old_entry_never_seen_is_too_old_and_one_seen_before_is_not() -> None:
    old = replace(ENTRY, published_at=NOW - timedelta(days=40))
    assert decided([old]).counts == {"too_old": 1}
    assert decided([old]).entries == ()
    assert decided([old], oldest=None).counts == {"published": 1}
    known = remembered(decided([ENTRY]))
    assert decided([replace(old, title="New")], known).counts == {"revised": 1}


def test_an_entry_dated_a_few_days_back_is_published() -> None:
    assert decided([replace(ENTRY, published_at=NOW - timedelta(days=5))]).counts == {"published": 1}


def test_an_entry_repeated_in_one_document_is_a_duplicate() -> None:
    assert decided([ENTRY, ENTRY]).counts == {"published": 1, "duplicate": 1}


def test_tracking_parameters_and_the_move_to_https_make_no_new_story() -> None:
    plain = replace(ENTRY, guid=None, url="http://sample.example/1?id=5")
    moved = replace(plain, url="https://sample.example/1?id=5&utm_medium=feed")
    assert decided([moved], remembered(decided([plain]))).counts == {"unchanged": 1}
    guid = replace(ENTRY, guid="http://sample.example/?p=5")
    secure = replace(ENTRY, guid="https://sample.example/?p=5")
    assert decided([secure], remembered(decided([guid]))).counts == {"unchanged": 1}


def test_an_entry_without_guid_and_address_is_known_by_title_and_date() -> None:
    bare = replace(ENTRY, guid=None, url=None)
    next_day = replace(bare, published_at=NOW + timedelta(days=1))
    assert decided([bare, next_day], now=NOW + timedelta(days=1)).counts == {"published": 2}
    assert decided([replace(bare, text="More.")], remembered(decided([bare]))).counts == {"revised": 1}


def test_a_long_key_is_shortened_to_a_fingerprint_of_it() -> None:
    one, two = (replace(ENTRY, guid="g" * 600 + end) for end in "ab")
    stories = decided([one, two]).stories
    assert all(len(story.entry_key) <= 500 for story in stories)
    assert len({story.id for story in stories}) == 2


def test_an_entry_still_there_after_a_day_is_remembered_as_seen_again() -> None:
    first = decided([ENTRY])
    later = decided([ENTRY], remembered(first), now=NOW + timedelta(days=2))
    assert [row.last_seen_at for row in later.entries] == [NOW + timedelta(days=2)]


def crashed(first: ParsedEntry, second: ParsedEntry, crash: Crash) -> Newsroom:
    """Two polls of one entry, of which the first does not end."""
    room = Newsroom()
    room.poll(FEED, first, crash=crash)
    room.poll(FEED, second)
    return room


@pytest.mark.parametrize("crash", ["before_hold", "before_publish", "before_record"])
def test_an_entry_whose_poll_did_not_end_is_published_as_new_under_its_first_revision(crash: Crash) -> None:
    room = crashed(ENTRY, ENTRY, crash)
    assert room.totals == {"published": 1}
    assert list(room.arrived) == [(story_id("Sample", "g1"), 1)]


@pytest.mark.parametrize(
    ("crash", "revisions"), [("before_hold", [1]), ("before_publish", [2]), ("before_record", [1, 2])]
)
def test_an_entry_changed_while_we_were_down_never_comes_under_a_revision_that_may_be_taken(
    crash: Crash, revisions: list[int]
) -> None:
    room = crashed(ENTRY, replace(ENTRY, text="It returned."), crash)
    assert room.totals == {"published": 1}
    assert [revision for _, revision in room.arrived] == revisions
    assert [story.text for story in room.newest().values()] == ["It returned."]


def test_a_correction_taken_back_while_we_were_down_is_taken_back_on_the_stream() -> None:
    room = Newsroom()
    room.poll(FEED, ENTRY)
    room.poll(FEED, replace(ENTRY, text="Wrong."), crash="before_record")
    assert room.poll(FEED, ENTRY).counts == {"revised": 1}
    assert [(story.revision, story.text) for story in room.stream] == [
        *((1, ENTRY.text), (2, "Wrong."), (3, ENTRY.text))
    ]


def test_rows_are_held_before_their_stories_are_acknowledged() -> None:
    first = decided([ENTRY])
    assert [(row.revision, row.acknowledged) for row in first.entries] == [(1, 1)]
    assert [(row.revision, row.acknowledged) for row in held(first.entries, ())] == [(1, 0)]
    second = decided([replace(ENTRY, text="More.")], remembered(first))
    assert [(row.revision, row.acknowledged) for row in held(second.entries, first.entries)] == [(2, 1)]
    assert held(decided([ENTRY], remembered(first), now=NOW + timedelta(days=3)).entries, first.entries) == ()


texts = st.sampled_from(["", "a", "b", "c"])
entries = st.lists(
    st.builds(
        ParsedEntry,
        guid=st.sampled_from([None, "g1", "g2", "http://x.example/1", "https://x.example/1"]),
        url=st.sampled_from([None, "https://x.example/1", "http://x.example/1#a", "https://x.example/2"]),
        title=texts,
        text=texts,
        published_at=st.sampled_from([NOW, NOW - timedelta(days=1), NOW - timedelta(days=90)]),
        published_source=st.just("feed"),
    ),
    max_size=8,
)


@given(entries, st.integers(0, 5), st.integers(0, 5))
def test_every_entry_of_the_document_is_counted_once(
    document: list[ParsedEntry], over_cap: int, undecodable: int
) -> None:
    decision = decided(document, over_cap=over_cap, undecodable=undecodable)
    assert sum(decision.counts.values()) == len(document) + over_cap + undecodable
    assert decision.counts.get("published", 0) == len(decision.stories) == len(decision.entries)
    assert {row.entry_key for row in decision.entries} <= set(keys_of(identify(document)))


@given(entries)
def test_deciding_the_same_document_again_publishes_nothing(document: list[ParsedEntry]) -> None:
    first = decided(document)
    again = decided(document, remembered(first))
    assert again.stories == ()


@given(st.lists(entries, max_size=5))
def test_each_revision_of_a_story_is_published_once_whatever_the_feed_does(
    documents: list[list[ParsedEntry]],
) -> None:
    known: dict[str, KnownEntry] = {}
    published: list[tuple[str, int]] = []
    for number, document in enumerate(documents):
        decision = decided(document, known, now=NOW + timedelta(minutes=10 * number))
        known |= remembered(decision)
        published += [(story.id, story.revision) for story in decision.stories]
    assert len(published) == len(set(published))
