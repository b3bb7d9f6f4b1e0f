"""Feed lists, read and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.opml import read_opml, write_opml
from shared.errors import InputError
from shared.model.feed import Feed
from shared.model.ids import feed_id

LIST = b"""<?xml version="1.0"?>
<opml version="2.0"><head><title>Desk</title></head><body>
<outline text="Korea"><outline type="rss" text="One" outlet="One Daily" language="ko-KR"
 xmlUrl="https://one.example/feed"/>
<outline type="rss" text="Broken" xmlUrl="ftp://two.example/feed"/></outline>
<outline type="rss" title="Three" xmlUrl="https://three.example/feed"/>
<outline type="rss" text="Nothing"/>
<outline type="rss" text="Again" xmlUrl="https://one.example/feed"/>
</body></opml>"""


def test_feeds_are_read_from_nested_outlines_and_bad_lines_are_named() -> None:
    reading = read_opml(LIST)
    assert [(feed.url, feed.name, feed.outlet, feed.language) for feed in reading.feeds] == [
        ("https://one.example/feed", "One", "One Daily", "ko"),
        ("https://three.example/feed", "Three", "three.example", None),
    ]
    assert reading.feeds[0].id == feed_id("https://one.example/feed")
    assert [fault.split(":")[0] for fault in reading.faults] == ["line 5", "line 7"]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"not xml",
        b"<html><body/></html>",
        b'<!DOCTYPE opml [<!ENTITY a "aaaa">]><opml version="2.0"><body/></opml>',
        b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/hostname">]><opml>&a;</opml>',
        b"<opml>" + b"<outline>" * 1000 + b"</outline>" * 1000 + b"</opml>",
    ],
)
def test_what_is_no_opml_is_refused_in_words(document: bytes) -> None:
    with pytest.raises(InputError):
        read_opml(document)


words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=30)
feeds = st.builds(
    lambda name, outlet, path, language: Feed(
        id=feed_id(f"https://x.example/{path}"),
        url=f"https://x.example/{path}",
        name=name,
        outlet=outlet,
        language=language,
    ),
    words.filter(lambda name: "&" not in name),
    words.filter(lambda name: "&" not in name),
    st.integers(),
    st.sampled_from([None, "ko", "ru"]),
)


@given(st.lists(feeds, max_size=5, unique_by=lambda feed: feed.url))
def test_what_is_written_is_read_back(listed: list[Feed]) -> None:
    reading = read_opml(write_opml(listed, "Desk"))
    assert (list(reading.feeds), reading.faults) == (listed, ())
