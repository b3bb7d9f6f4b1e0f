"""Feed lists, read and written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.opml import read_opml, write_opml
from shared.errors import InputError
from shared.http.addresses import AddressPolicy, check_url
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
    assert [fault.split(":")[0] for fault in reading.faults] == ["line 5", "line 7", "line 8"]
    assert reading.faults[2].endswith("'https://one.example/feed' is listed again; line 4 is kept")


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


def outlines(*attributes: str) -> bytes:
    """A list with one outline per line, the first on line 2."""
    lines = "\n".join(f'<outline type="rss" {each}/>' for each in attributes)
    return f'<opml version="2.0"><body>\n{lines}\n</body></opml>'.encode()


def test_who_owns_an_outlet_where_it_is_and_what_it_weighs_are_read() -> None:
    attributes = 'xmlUrl="https://one.example/f" owner="Two &amp; Sons" country="kr" tier="1" interval="300"'
    (feed,) = read_opml(outlines(attributes)).feeds
    assert (feed.owner, feed.country, feed.tier) == ("Two & Sons", "KR", 1)
    assert feed.interval == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("attribute", "allowed"),
    [
        ('country="Korea"', "two letters, ISO 3166"),
        ('tier="4"', "1, 2 or 3"),
        ('tier="first"', "1, 2 or 3"),
        ('language="?"', "a language code, such as ko or en-GB"),
        ('interval="1"', "a whole number of seconds, 60 to 86400"),
        ('interval="-9"', "a whole number of seconds, 60 to 86400"),
    ],
    ids=lambda value: value.replace(" ", "-"),
)
def test_an_attribute_without_sense_is_left_out_and_named_and_the_feed_is_kept(
    attribute: str, allowed: str
) -> None:
    reading = read_opml(outlines('text="Fine"', f'xmlUrl="https://one.example/f" {attribute}'))
    (feed,) = reading.feeds
    assert (feed.country, feed.tier, feed.language, feed.interval) == (None, None, None, None)
    assert reading.faults[0].startswith("line 2:")
    assert reading.faults[1].startswith(f"line 3: {attribute.split('=')[0]}=")
    assert reading.faults[1].endswith(f" is left out: it must be {allowed}")


def test_an_address_that_is_not_to_be_watched_is_left_out_and_named() -> None:
    listed = outlines('xmlUrl="https://one.example/f"', 'xmlUrl="http://10.0.0.1/f"')
    reading = read_opml(listed, lambda url: check_url(url, AddressPolicy()))
    assert [feed.url for feed in reading.feeds] == ["https://one.example/f"]
    (fault,) = reading.faults
    assert fault.startswith("line 3: 'http://10.0.0.1/f': 10.0.0.1 is in 10.0.0.0/8")


def test_where_a_list_stops_being_xml_is_said_once() -> None:
    with pytest.raises(InputError) as refused:
        read_opml(b"<opml>\n<body>\n<outline</body></opml>")
    assert refused.value.detail.count("line 3") == 1
    assert "<string>" not in refused.value.detail


@pytest.mark.parametrize("name", ["text", "outlet", "owner"])
def test_a_feed_with_an_endless_name_is_left_out(name: str) -> None:
    reading = read_opml(outlines(f'xmlUrl="https://one.example/f" {name}="{"x" * 201}"'))
    assert reading.feeds == ()
    assert "line 2" in reading.faults[0]


def test_commented_outlines_and_all_in_them_are_not_to_be_polled() -> None:
    reading = read_opml(
        b'<opml version="2.0"><body><outline isComment="true"><outline xmlUrl="https://one.example/f"/>'
        b'</outline><outline xmlUrl="https://two.example/f"/></body></opml>'
    )
    assert [feed.enabled for feed in reading.feeds] == [False, True]


words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=30).filter(
    lambda name: "&" not in name
)
feeds = st.builds(
    Feed,
    id=st.just(""),
    url=st.integers().map(lambda number: f"https://x.example/{number}?a=1&b='<>"),
    name=words,
    outlet=words,
    language=st.sampled_from([None, "ko", "ru"]),
    enabled=st.booleans(),
    interval=st.none() | st.integers(60, 86_400).map(lambda seconds: timedelta(seconds=seconds)),
    owner=st.none() | words,
    country=st.sampled_from([None, "KR", "RU"]),
    tier=st.sampled_from([None, 1, 2, 3]),
).map(lambda feed: replace(feed, id=feed_id(feed.url)))


@given(st.lists(feeds, max_size=5, unique_by=lambda feed: feed.url))
def test_what_is_written_is_read_back(listed: list[Feed]) -> None:
    reading = read_opml(write_opml(listed, "Desk"))
    assert (list(reading.feeds), reading.faults) == (listed, ())
