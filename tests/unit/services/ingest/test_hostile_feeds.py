"""Attacks on feed parsers, at small size: each ends quickly, in an outcome with a name."""

import time
from contextlib import suppress
from datetime import timedelta

import pytest

from services.ingest.parser import parse_feed
from shared.errors import FeedUnreadableError, WorkerTimeoutError
from shared.workers import WorkerPool
from tests.unit.services.ingest.documents import item, rss

URL = "https://sample.example/feed.xml"
MANY_ATTRIBUTES = rss("<item " + " ".join(f'a{n}="&gt;>"' for n in range(5_000)) + "/>")
BOMB = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]>'

HIDDEN = rss(item("x"), head=BOMB).removeprefix('<?xml version="1.0"?>')


def parse(document: str | bytes) -> object:
    return parse_feed(document if isinstance(document, bytes) else document.encode(), "text/xml", URL)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param(MANY_ATTRIBUTES, "5000 attributes", id="attributes"),
        pytest.param(rss("<a>" * 5_000 + "</a>" * 5_000), "nested deeper", id="nesting"),
        pytest.param(rss(item("&b;"), head=BOMB), "entities", id="entity bomb"),
        pytest.param("<!-- <a> -->" + HIDDEN, "entities", id="entity bomb behind a comment"),
        pytest.param("<?note <a> ?>" + HIDDEN, "entities", id="entity bomb behind an instruction"),
        pytest.param(
            rss(item("x"), head='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
            "entities",
            id="XXE",
        ),
        pytest.param("/etc/hostname", "no XML", id="a path"),
        pytest.param("https://sample.example/other.xml", "no XML", id="an address"),
    ],
)
def test_an_attack_is_refused_at_once(document: str, reason: str) -> None:
    began = time.monotonic()
    with pytest.raises(FeedUnreadableError, match=reason):
        parse(document)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("noise", ["<", "&", "<a", "<![CDATA[", "]]>", '<a b="', "<!--"])
def test_noise_ends_quickly(noise: str) -> None:
    began = time.monotonic()
    with suppress(FeedUnreadableError):
        parse(rss(item("Good")) + noise * 5_000)
    assert time.monotonic() - began < 10


def test_a_body_of_escaped_markup_is_cut() -> None:
    feed = parse_feed(rss(item("Big", text="<p>word</p>" * 40_000)).encode(), "text/xml", URL)
    assert 0 < len(feed.entries[0].text) <= 100_000


@pytest.mark.parametrize("flaw", ["", "<item><title>&bogus;</title></item>"])
def test_entries_beyond_the_cap_are_counted_and_cost_nothing(flaw: str) -> None:
    items = (item(f"Story {number}", guid=str(number)) for number in range(3_000))
    feed = parse_feed(rss(flaw, *items).encode(), "text/xml", URL)
    assert len(feed.entries) + feed.undecodable == 2_000
    assert feed.total == 3_000 + bool(flaw)


async def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read(workers: WorkerPool) -> None:
    slow = ("<rss>" + "<" * 3_000_000).encode()
    await workers.run(parse_feed, rss(item()).encode(), "text/xml", URL, deadline=timedelta(seconds=30))
    with pytest.raises(WorkerTimeoutError):
        await workers.run(parse_feed, slow, "text/xml", URL, deadline=timedelta(seconds=0.5))
    feed = await workers.run(
        parse_feed, rss(item()).encode(), "text/xml", URL, deadline=timedelta(seconds=30)
    )
    assert len(feed.entries) == 1
