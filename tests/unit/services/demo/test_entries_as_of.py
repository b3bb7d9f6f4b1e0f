"""What a sample feed shows at a moment: nothing from the future, and nothing vanishes without a reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.demo.archive import (
    FEED_LENGTH,
    Archive,
    Revision,
    SampleEntry,
    SampleStory,
    entries_as_of,
    load_archive,
)

START = datetime(2024, 10, 8, tzinfo=UTC)
OUTLET = "one"

minutes = st.integers(min_value=0, max_value=60)


@st.composite
def stories(draw: st.DrawFn) -> SampleStory:
    published = draw(minutes)
    delays = sorted(draw(st.sets(st.integers(min_value=1, max_value=30), max_size=2)))
    bumps = draw(st.lists(st.booleans(), min_size=len(delays), max_size=len(delays)))
    moments = [START + timedelta(minutes=published + delay) for delay in delays]
    return SampleStory(
        outlet_id=OUTLET,
        guid="",
        published=START + timedelta(minutes=published),
        language="en",
        title="A title",
        text="A text.",
        url="https://one.example/",
        relevant=True,
        revisions=tuple(
            Revision(at=at, published=at if bump else None) for at, bump in zip(moments, bumps, strict=True)
        ),
    )


@st.composite
def archives(draw: st.DrawFn) -> Archive:
    drawn = draw(st.lists(stories(), min_size=FEED_LENGTH - 5, max_size=FEED_LENGTH + 10))
    numbered = (replace(story, guid=f"g{number:03}") for number, story in enumerate(drawn))
    return Archive(outlets=(), stories=tuple(numbered))


def shown(archive: Archive, minute: int) -> tuple[SampleEntry, ...]:
    return entries_as_of(archive, OUTLET, START + timedelta(minutes=minute))


@given(archives(), minutes)
def test_a_feed_is_newest_first_bounded_and_never_from_the_future(archive: Archive, minute: int) -> None:
    entries = shown(archive, minute)
    dates = [entry.published for entry in entries]
    assert dates == sorted(dates, reverse=True)
    assert len(entries) <= FEED_LENGTH
    assert all(entry.published <= entry.updated <= START + timedelta(minutes=minute) for entry in entries)


@given(archives(), minutes, minutes)
def test_an_entry_once_shown_stays_or_is_pushed_out_by_newer_ones(
    archive: Archive, one: int, other: int
) -> None:
    earlier, later = sorted((one, other))
    before, after = shown(archive, earlier), shown(archive, later)
    kept = {entry.guid: entry for entry in after}
    everything = {
        story.guid: shown(Archive(outlets=(), stories=(story,)), later)[0]
        for story in archive.stories
        if story.guid in {entry.guid for entry in before}
    }
    for entry in before:
        if entry.guid in kept:
            assert kept[entry.guid].updated >= entry.updated
        else:
            assert len(after) == FEED_LENGTH
            assert min(each.published for each in after) >= everything[entry.guid].published


def test_a_feed_is_empty_before_its_first_story() -> None:
    assert entries_as_of(load_archive(), "sample-wire", START) == ()


def test_a_correction_shows_from_its_moment_on_under_the_same_guid() -> None:
    archive = load_archive()
    story = next(story for story in archive.stories if any(revision.text for revision in story.revisions))
    at = story.revisions[0].at

    def text_at(moment: datetime) -> str:
        entries = entries_as_of(archive, story.outlet_id, moment)
        return next(entry.text for entry in entries if entry.guid == story.guid)

    assert "20,000" in text_at(at - timedelta(seconds=1)).splitlines()[1]
    assert "12,000" in text_at(at).splitlines()[1]


def test_a_bumped_copy_returns_to_the_top_with_the_same_words() -> None:
    archive = load_archive()
    story = next(
        story for story in archive.stories if any(revision.published for revision in story.revisions)
    )
    entries = entries_as_of(archive, story.outlet_id, story.revisions[0].at)
    assert entries[0].guid == story.guid
    assert (entries[0].title, entries[0].text) == (story.title, story.text)
    assert entries[0].published > story.published
