"""Attacks on feed parsers, at small size: each ends quickly, in an outcome with a name."""

import gzip
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

import pytest

from services.ingest.parser import parse_feed
from shared.errors import FeedUnreadableError, WorkerTimeoutError
from shared.workers import WorkerPool
from tests.unit.services.ingest.rss_documents import item, rss

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
    slow = ("<rss>" + "<!--" * 700_000).encode()
    await workers.run(parse_feed, rss(item()).encode(), "text/xml", URL, deadline=timedelta(seconds=30))
    with pytest.raises(WorkerTimeoutError):
        await workers.run(parse_feed, slow, "text/xml", URL, deadline=timedelta(seconds=0.5))
    feed = await workers.run(
        parse_feed, rss(item()).encode(), "text/xml", URL, deadline=timedelta(seconds=30)
    )
    assert len(feed.entries) == 1


SMALL_JSON = '{"version": "https://jsonfeed.org/version/1", "items": ['
NAMED: Final[Mapping[str, tuple[Callable[[], str | bytes], str]]] = {
    "100,000 attributes": (
        lambda: rss("<item " + " ".join(f'a{n}="&gt;>"' for n in range(100_000)) + "/>"),
        "100000 attributes",
    ),
    "200,000 deep": (lambda: rss("<a>" * 200_000), "nested deeper"),
    "200,000 deep and closed": (lambda: rss("<a>" * 200_000 + "</a>" * 200_000), "nested deeper"),
    "2 MB of <": (lambda: rss(item("Good")) + "<" * 2_000_000, "stray signs"),
    "1 MB of &": (lambda: rss(item("&" * 1_000_000).replace("&amp;", "&")), "stray signs"),
    "billion laughs": (lambda: rss(item("&b;"), head=BOMB), "entities"),
    "quadratic blow-up": (
        lambda: rss(item("&a;" * 9_000), head=f'<!DOCTYPE rss [<!ENTITY a "{"x" * 9_000}">]>'),
        "entities",
    ),
    "XXE": (lambda: rss(head='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'), "entities"),
    "a path": (lambda: "/etc/hostname", "no XML"),
    "nothing": (lambda: " \n", "empty"),
    "an HTML page": (lambda: "<html><body>" + "<p>x</p>" * 60_000, "HTML page"),
    "gzip not unpacked": (lambda: gzip.compress(rss(item()).encode()), "no XML"),
    "random bytes": (lambda: bytes(range(128, 256)) * 40_000, "no XML"),
    "JSON 100,000 deep": (lambda: SMALL_JSON + "[" * 100_000, "no JSON Feed"),
    "JSON 100,000 deep and closed": (
        lambda: SMALL_JSON + "[" * 100_000 + "]" * 100_000 + "]}",
        "no JSON Feed",
    ),
    "JSON with a number of 1 MB": (lambda: SMALL_JSON + '{"id": ' + "9" * 1_000_000 + "}]}", "no JSON Feed"),
    "an unfinished document type": (lambda: "<!DOCTYPE " + "[" * 1_000_000, "no XML"),
    "a sitemap of 200,000 pages": (
        lambda: f"<urlset>{'<url><loc>https://sample.example/1</loc></url>' * 200_000}</urlset>",
        "without news",
    ),
}


@pytest.mark.parametrize("attack", NAMED)
async def test_an_attack_at_full_size_is_refused_in_the_worker(attack: str, workers: WorkerPool) -> None:
    make, reason = NAMED[attack]
    document = make()
    body = document.encode() if isinstance(document, str) else document
    with pytest.raises(FeedUnreadableError, match=reason):
        await workers.run(parse_feed, body, "text/xml", URL, deadline=timedelta(seconds=20))


BEARABLE: Final[Mapping[str, Callable[[], str]]] = {
    "10 MB of entries": lambda: rss(*(item(f"Story {n}", text="x" * 100) for n in range(40_000))),
    "9 MB of escaped markup": lambda: rss(item("Big", text="<p>word</p>" * 400_000)),
    "8 MB of comments": lambda: rss("<!-- x -->" * 800_000, item("Good")),
    "NUL bytes": lambda: rss(item("A\0B")) + "\0" * 1_000_000,
    "20,000 unreadable dates": lambda: rss(*(item(f"Story {n}", date="9" * 99) for n in range(20_000))),
    "a description for each of 50,000 elements": lambda: rss(
        f"<item><title>x</title>{'<description>y</description>' * 50_000}</item>"
    ),
}


@pytest.mark.parametrize("load", BEARABLE)
async def test_a_heavy_document_is_read_within_the_deadline_and_bounds(load: str) -> None:
    pool = WorkerPool(workers=1, memory_bytes=1024**3)
    body = BEARABLE[load]().encode()
    try:
        feed = await pool.run(parse_feed, body, "text/xml", URL, deadline=timedelta(seconds=20))
    finally:
        await pool.close()
    assert 0 < len(feed.entries) <= 2_000
    assert all(len(entry.text) <= 100_000 and len(entry.title) <= 1_000 for entry in feed.entries)
