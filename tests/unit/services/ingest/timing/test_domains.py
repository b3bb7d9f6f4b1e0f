"""Whom an address belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.timing.domains import domain_of


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://example.org/feed", "example.org"),
        ("https://news.example.org:8443/feed", "example.org"),
        ("https://a.b.example.co.uk/", "example.co.uk"),
        ("https://desk.sample.co.kr/", "sample.co.kr"),
        ("https://one.github.io/feed", "one.github.io"),
        ("https://NEWS.Example.ORG./feed", "example.org"),
        ("https://новости.рф/", "xn--b1amnebsh.xn--p1ai"),
        ("http://127.0.0.1:8080/feed", "127.0.0.1"),
        ("http://[2001:db8::1]/feed", "2001:db8::1"),
        ("http://localhost:80/", "localhost"),
        ("https://co.uk/", "co.uk"),
        ("not an address", ""),
        ("http://[", ""),
    ],
    ids=range(13),
)
def test_the_registrable_domain_of_an_address(url: str, domain: str) -> None:
    assert domain_of(url) == domain


@given(st.text(max_size=60))
def test_any_text_has_a_domain_without_an_error(text: str) -> None:
    assert isinstance(domain_of(f"https://{text}/"), str)
