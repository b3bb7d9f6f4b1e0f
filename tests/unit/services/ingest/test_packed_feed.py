"""Feeds on their way from a worker."""

from datetime import timedelta

from hypothesis import given, settings

from services.ingest.parser import packed_feed, parse_feed, unpacked_feed
from tests.unit.services.ingest.generated_feeds import feed_documents
from tests.unit.services.ingest.rss_documents import item, rss

URL = "https://sample.example/feed.xml"


@given(feed_documents())
@settings(max_examples=100, deadline=None)
def test_a_packed_feed_is_the_feed(document: str) -> None:
    body = document.encode()
    assert unpacked_feed(packed_feed(body, "text/xml", URL)) == parse_feed(body, "text/xml", URL)


def test_what_the_server_and_the_document_say_of_it_is_not_lost_on_the_way() -> None:
    entry = item("배가 떠났다", link="/one", date="Mon, 21 Oct 2024 09:00:00 KST")
    body = rss("<ttl>15</ttl>", entry, declared="").encode("iso-2022-kr")
    feed = unpacked_feed(packed_feed(body, "text/xml; charset=iso-2022-kr", URL))
    assert feed == parse_feed(body, "text/xml; charset=iso-2022-kr", URL)
    assert (feed.entries[0].title, feed.entries[0].url) == ("배가 떠났다", "https://sample.example/one")
    assert (feed.interval_hint, feed.entries[0].published_source) == (timedelta(minutes=15), "feed_repaired")
