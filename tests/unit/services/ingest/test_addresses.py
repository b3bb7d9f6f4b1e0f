"""Addresses of articles: which are kept, and which are the same."""

import pytest

from services.ingest.addresses import absolute_url, canonical_url

BASE = "https://sample.example/feeds/all.xml"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/a/b", "https://sample.example/a/b"),
        (" https://x.example/a\n", "https://x.example/a"),
        ("javascript:alert(1)", None),
        ("http://[::1", None),
        ("https://x.example/" + "a" * 3000, None),
        ("", None),
        (None, None),
    ],
)
def test_only_http_addresses_of_sane_length_are_kept(value: str | None, expected: str | None) -> None:
    assert absolute_url(value, BASE) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/a?id=1",
        "http://X.Example:80/a?id=1",
        "https://x.example/a?utm_source=rss&id=1&fbclid=z#top",
        "https://x.example:443/a?gclid=1&id=1",
    ],
)
def test_addresses_of_one_article_are_the_same(url: str) -> None:
    assert canonical_url(url) == "https://x.example/a?id=1"


def test_parameters_that_name_the_article_are_kept() -> None:
    assert canonical_url("https://x.example/a?p=1") != canonical_url("https://x.example/a?p=2")
