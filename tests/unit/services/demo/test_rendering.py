"""The sample feeds as a feed reader sees them: parsed by feedparser to what the archive says."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser
import pytest
from lxml import etree, html

from services.demo.archive import FeedFormat, Markup, SampleEntry, SampleOutlet, entries_as_of, load_archive
from services.demo.rendering import last_change, render_atom, render_rss

ARCHIVE = load_archive()
FIRST_NOON = datetime(2024, 10, 8, 12, tzinfo=UTC)
MIDWAY = datetime(2024, 10, 21, 12, tzinfo=UTC)
THE_END = datetime(2024, 11, 6, tzinfo=UTC)
every_outlet = pytest.mark.parametrize("outlet", ARCHIVE.outlets, ids=lambda outlet: outlet.id)


def rendered(outlet: SampleOutlet, now: datetime) -> bytes:
    entries = entries_as_of(ARCHIVE, outlet.id, now)
    render = render_rss if outlet.format is FeedFormat.RSS else render_atom
    return render(outlet, entries, now)


def parsed(document: bytes) -> Any:
    return feedparser.parse(BytesIO(document))


def moment(parts: struct_time) -> datetime:
    return datetime(*parts[:6], tzinfo=UTC)


def plain(markup: str) -> str:
    return " ".join(
        etree.tostring(html.fromstring(f"<div>{markup}</div>"), method="text", encoding="unicode").split()
    )


@every_outlet
@pytest.mark.parametrize("now", [FIRST_NOON, MIDWAY, THE_END], ids=["first", "midway", "end"])
def test_a_rendered_feed_parses_to_the_same_entries(outlet: SampleOutlet, now: datetime) -> None:
    feed = parsed(rendered(outlet, now))
    entries = entries_as_of(ARCHIVE, outlet.id, now)
    assert not feed.bozo
    assert feed.version == ("rss20" if outlet.format is FeedFormat.RSS else "atom10")
    assert (feed.feed.title, feed.feed.language) == (outlet.name, outlet.language)
    assert [(entry.id, entry.title, entry.link) for entry in feed.entries] == [
        (entry.guid, entry.title, entry.url) for entry in entries
    ]
    assert [moment(entry.published_parsed) for entry in feed.entries] == [
        entry.published for entry in entries
    ]


@every_outlet
def test_a_rendered_feed_carries_every_word_of_the_text(outlet: SampleOutlet) -> None:
    feed = parsed(rendered(outlet, THE_END))
    entries = entries_as_of(ARCHIVE, outlet.id, THE_END)
    for got, entry in zip(feed.entries, entries, strict=True):
        said = entry.text if outlet.markup is Markup.HTML else " ".join(entry.text.splitlines())
        assert plain(got.summary) == plain(said)


def test_rss_calls_a_guid_a_permalink_only_where_it_is_the_storys_link() -> None:
    outlet = ARCHIVE.outlets[0]
    plain_guid = an_entry()
    link_guid = replace(plain_guid, guid=plain_guid.url)
    guids = etree.fromstring(render_rss(outlet, [plain_guid, link_guid], THE_END)).findall(".//guid")
    assert [guid.get("isPermaLink") for guid in guids] == ["false", "true"]


def test_atom_tells_when_an_entry_was_corrected() -> None:
    outlet = next(outlet for outlet in ARCHIVE.outlets if outlet.format is FeedFormat.ATOM)
    entry = an_entry(updated=MIDWAY)
    feed = parsed(render_atom(outlet, [entry], THE_END))
    assert moment(feed.entries[0].updated_parsed) == MIDWAY
    assert moment(feed.entries[0].published_parsed) == FIRST_NOON


def an_entry(*, title: str = "A title", text: str = "A text.", updated: datetime = FIRST_NOON) -> SampleEntry:
    return SampleEntry(
        guid="g1",
        url="https://sample-wire.example/?a=1&b=2",
        language="en",
        title=title,
        text=text,
        published=FIRST_NOON,
        updated=updated,
    )


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_characters_that_mean_something_in_markup_survive(render: Any) -> None:
    outlet = ARCHIVE.outlets[0]
    document = render(outlet, [an_entry(text="5 < 6 & ]]> done")], THE_END)
    feed = parsed(document)
    assert plain(feed.entries[0].summary) == "5 < 6 & ]]> done"
    assert feed.entries[0].link == "https://sample-wire.example/?a=1&b=2"
    assert etree.fromstring(document) is not None


def test_an_empty_feed_is_a_feed_and_keeps_its_date_all_day() -> None:
    outlet = ARCHIVE.outlets[0]
    assert parsed(render_rss(outlet, [], FIRST_NOON)).entries == []
    assert last_change([], FIRST_NOON) == last_change([], FIRST_NOON.replace(hour=23))
