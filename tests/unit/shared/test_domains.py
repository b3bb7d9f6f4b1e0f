"""Whom an address belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.timing.domains import domain_of as ingests
from shared.domains import domain_of

ADDRESSES = {
    "https://news.example.co.uk/feed": "example.co.uk",
    "http://WWW.Example.COM:8080/": "example.com",
    "http://127.0.0.1:9000/feed": "127.0.0.1",
    "http://[::1]/": "::1",
    "http://localhost/": "localhost",
    "https://desk.github.io/feed": "desk.github.io",
    "https://пример.рф/feed": "xn--e1afmkfd.xn--p1ai",
    "https://example.com./": "example.com",
    "no address": "",
    "http://[": "",
}


@pytest.mark.parametrize(("url", "domain"), ADDRESSES.items())
def test_a_domain_is_whom_a_name_was_registered_for(url: str, domain: str) -> None:
    assert domain_of(url) == domain


@given(st.sampled_from(["https://", "http://", ""]), st.text(max_size=60))
def test_pages_and_feeds_of_a_site_burden_the_same_domain(scheme: str, rest: str) -> None:
    assert domain_of(scheme + rest) == ingests(scheme + rest)
