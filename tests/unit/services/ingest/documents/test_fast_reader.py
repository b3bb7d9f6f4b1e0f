"""The fast reader says what feedparser says, or nothing."""

import pytest
from hypothesis import given, settings

from services.ingest.documents.fastxml import read_fast
from services.ingest.documents.plaintext import repaired_references
from services.ingest.documents.xmlfeed import read_xml_feed
from services.ingest.parser import parse_feed, read_thoroughly
from tests.unit.services.ingest.generated_feeds import feed_documents

URL = "https://sample.example/feed.xml"


@given(feed_documents())
@settings(max_examples=150, deadline=None)
def test_what_the_fast_reader_reads_feedparser_reads_the_same(document: str) -> None:
    text = repaired_references(document)
    fast = read_fast(text)
    if fast is not None:
        assert fast.raw == read_xml_feed(text)
    assert parse_feed(document.encode(), "text/xml", URL) == read_thoroughly(text, URL)


SPACES = (
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:a10="http://www.w3.org/2005/Atom"'
)
ENTRIES = (
    "<title>A</title><dc:title>B</dc:title>",
    "<dc:title>B</dc:title><title>A</title>",
    "<title>A</title><media:title>B</media:title>",
    "<media:title>B</media:title><title>A</title>",
    "<media:group><media:title>B</media:title></media:group>",
    "<title/><media:content url='x'><media:title>B</media:title></media:content>",
    "<title>A</title><image>x</image><media:title>B</media:title>",
    "<description>A</description><content:encoded>B</content:encoded><media:description>C</media:description>",
    "<content:encoded>B</content:encoded><description>A</description>",
    "<media:description>C</media:description><description>A</description><description>D</description>",
    "<guid>https://sample.example/1</guid><title>A</title>",
    "<guid isPermaLink='false'>https://sample.example/1</guid><title>A</title><link/>",
    "<link>https://sample.example/?a=1&amp;b;=2</link><guid>x</guid><title>A</title>",
    "<link>https:///sample.example/1</link><guid>http:////sample.example/2</guid><title>A</title>",
    "<a10:link href='https:///sample.example/1'/><title>A</title>",
    "<a10:link href='/two'/><link>/one</link><title>A</title>",
    "<link>/one</link><a10:link rel='alternate' href='/two'/><a10:link rel='self' href='/3'/><title/>",
    "<pubDate>2024-10-20</pubDate><pubDate>2024-10-21</pubDate><title>A</title>",
    "<title>A<!-- note -->B<![CDATA[ & C]]></title>",
    "<source url='x'>Other</source><title>A</title><title>B</title>",
)


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_stands_twice_or_elsewhere_in_an_entry_is_judged_alike(entry: str) -> None:
    document = f'<rss version="2.0"{SPACES}><channel><title>S</title><item>{entry}</item></channel></rss>'
    fast = read_fast(document)
    assert fast is not None
    assert fast.raw == read_xml_feed(document)


@pytest.mark.parametrize(
    "entry",
    [
        "<title>A <b>bold</b> word</title>",
        "<description><p>inline</p></description>",
        "<title type='xhtml'>A</title>",
        "<link xml:base='https://other.example/'>one</link>",
        "<source><title>B</title></source><title>A</title>",
        "<date>2024-10-21</date><title>A</title>",
    ],
)
def test_what_only_feedparser_can_judge_is_left_to_it(entry: str) -> None:
    document = f'<rss version="2.0"{SPACES}><channel><title>S</title><item>{entry}</item></channel></rss>'
    assert read_fast(document) is None
