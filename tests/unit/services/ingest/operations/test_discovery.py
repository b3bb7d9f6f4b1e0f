"""From a page to its feeds."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.operations.discovery import MOST_FEEDS, find_feeds

PAGE = "https://daily.example/world/"


def found(body: str, url: str = PAGE) -> tuple[str, ...]:
    return find_feeds(f"<!doctype html><html>{body}</html>".encode(), url)


def declared(href: str, kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" href="{href}">'


def test_declared_feeds_are_found_in_order_absolute_and_each_once() -> None:
    head = (
        declared("/rss.xml")
        + declared("news/atom", "application/atom+xml; charset=utf-8")
        + declared("//other.example/feed.json", "Application/Feed+JSON")
        + declared("https://daily.example/rss.xml#top")
    )
    assert found(f"<head>{head}</head>") == (
        "https://daily.example/rss.xml",
        "https://daily.example/world/news/atom",
        "https://other.example/feed.json",
    )


def test_addresses_are_relative_to_the_base_the_page_names() -> None:
    assert found(f'<head><base href="https://www.daily.example/">{declared("rss")}</head>') == (
        "https://www.daily.example/rss",
    )


def test_other_alternates_are_no_feeds() -> None:
    head = (
        '<link rel="alternate" hreflang="ko" href="/ko/">'
        '<link rel="stylesheet" type="application/rss+xml" href="/style">'
        + declared("/page.json", "application/json")
        + declared("/amp", "text/html")
    )
    assert found(f"<head>{head}</head>") == ()


@pytest.mark.parametrize(
    ("href", "is_feed"),
    [
        ("/rss", True),
        ("/feed/", True),
        ("/world/feed/atom/", True),
        ("/export/rss2/index.rss", True),
        ("/feed.xml?lang=en", True),
        ("/news/all.rdf", True),
        ("/about-rss-feeds.html", False),
        ("/sitemap.xml", False),
        ("/feeding-the-troops", False),
        ("mailto:rss@daily.example", False),
        ("javascript:feed()", False),
    ],
)
def test_links_count_only_when_their_address_is_plainly_a_feed(href: str, is_feed: bool) -> None:
    assert bool(found(f'<body><a href="{href}">RSS</a></body>')) is is_feed


def test_links_do_not_count_where_feeds_are_declared() -> None:
    assert found(f'<head>{declared("/main.xml")}</head><body><a href="/rss">all</a></body>') == (
        "https://daily.example/main.xml",
    )


def test_the_page_itself_is_none_of_its_feeds() -> None:
    assert found(declared("/world/#feed") + '<a href="/world/">x</a>') == ()


def test_a_page_of_a_thousand_feeds_gives_the_first_twenty() -> None:
    feeds = found("".join(declared(f"/{number}.rss") for number in range(1000)))
    assert feeds == tuple(f"https://daily.example/{number}.rss" for number in range(MOST_FEEDS))


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"\x00" * 100,
        b"%PDF-1.4 \xff\xfe",
        b"<div>" * 200_000,
        b"<a href=/rss" + b" x=1" * 50_000 + b">",
        b"<!ENTITY a SYSTEM 'file:///etc/passwd'>&a;",
        b'<link rel=alternate type=application/rss+xml href="http://[bad">',
        b'<link rel=alternate type=application/rss+xml href="file:///etc/passwd">',
        b'<link rel=alternate type=application/rss+xml href="/' + b"x" * 5000 + b'">',
    ],
    ids=["empty", "nuls", "pdf", "deep", "attributes", "entity", "bad-address", "local-file", "too-long"],
)
def test_hostile_pages_give_nothing_and_cost_little(page: bytes) -> None:
    began = time.process_time()
    assert set(find_feeds(page, PAGE)) <= {"https://daily.example/rss"}
    assert time.process_time() - began < 10


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"<a href='{text}'>".encode()))
def test_no_page_makes_it_fail(page: bytes) -> None:
    assert all(address.startswith(("http://", "https://")) for address in find_feeds(page, PAGE))
