"""Addresses of articles: which are kept, and which are the same."""

from urllib.parse import urljoin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.ingest.addresses import absolute_url, canonical_url, names_an_article

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
        "https://x.example/a/?id=1",
        "https://x.example/a?id=1&utm_campaign=20241021&mc_cid=4711abc",
        "https://x.example/a?id=1&yclid=778899&ysclid=m2abc&_openstat=cmFkaW87",
        "https://x.example/a?from=rss&id=1",
        "https://x.example/a?input=1195m&id=1",
        "https://x.example/a?UTM_Source=x&id=1&ref=feed&source=rss",
        "https://x.example/a?id=1&at_medium=RSS&xtor=RSS-3208&ocid=x&",
        "https://x.example/a?id=1&amp",
    ],
)
def test_addresses_of_one_article_are_the_same(url: str) -> None:
    assert canonical_url(url) == "https://x.example/a?id=1"


@pytest.mark.parametrize("path", ["/2024/ship", "/2024/ship/", "/2024/ship/amp", "/2024/ship/amp/"])
def test_the_fast_view_of_an_article_is_the_article(path: str) -> None:
    assert canonical_url("https://x.example" + path) == "https://x.example/2024/ship"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a?p=1", "/a?p=2"),
        ("/view?cid=AKR20241021001", "/view?cid=AKR20241021002"),
        ("/view?uid=1234", "/view?uid=1235"),
        ("/list?gallery=100", "/list?gallery=101"),
        ("/read?12345", "/read?12346"),
        ("/find?q=%B0%A1", "/find?q=%B0%A2"),
        ("/view?from=20241020", "/view?from=20241021"),
        ("/amp", "/"),
        ("/news/amplifier", "/news/lifier"),
        ("/A", "/a"),
    ],
)
def test_addresses_of_two_articles_are_not_the_same(one: str, other: str) -> None:
    assert canonical_url("https://x.example" + one) != canonical_url("https://x.example" + other)


def test_what_names_the_article_stays_as_it_was_written() -> None:
    url = "https://x.example/view?b=%B0%a1&utm_source=rss&a=+"
    assert canonical_url(url) == "https://x.example/view?b=%B0%a1&a=+"


def test_a_canonical_address_is_its_own() -> None:
    url = canonical_url("http://x.example:8080/a/b/amp/?id=7&utm_x=1#z")
    assert canonical_url(url) == url == "https://x.example:8080/a/b?id=7"


@pytest.mark.parametrize(
    ("url", "specific"),
    [
        ("https://x.example/", False),
        ("https://x.example", False),
        ("https://x.example/a", True),
        ("https://x.example/?p=1", True),
    ],
)
def test_the_front_page_of_a_site_names_no_article(url: str, specific: bool) -> None:
    assert names_an_article(canonical_url(url)) is specific


SIGNS = st.text("aB9./;:@%&=+-_~!$'()*,?", max_size=12)
ADDRESSES = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["x.example", "X.Example", "x.example:80", "x.example:8080", "u@x.example", "x."]),
    SIGNS.map("/{}".format) | st.just(""),
    SIGNS.map("?{}".format) | st.just("") | st.just("?utm_source=rss&id=1"),
)


@example("https://x.example/a/../b//c;d?e")
@given(ADDRESSES)
def test_a_whole_address_is_what_joining_makes_of_it(url: str) -> None:
    assert absolute_url(url, BASE) == urljoin(BASE, url)


@given(ADDRESSES)
def test_what_follows_the_sign_of_a_fragment_never_tells_articles_apart(url: str) -> None:
    assert canonical_url(url) == canonical_url(f"{url}#top")
