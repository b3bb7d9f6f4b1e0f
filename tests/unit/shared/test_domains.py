"""Whom an address belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domains import domain_of

ADDRESSES = {
    "https://a.b.example.co.uk/": "example.co.uk",
    "https://desk.sample.co.kr/": "sample.co.kr",
    "http://[2001:db8::1]/feed": "2001:db8::1",
    "https://co.uk/": "co.uk",
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


@given(st.text(max_size=60))
def test_any_text_has_a_domain_without_an_error(text: str) -> None:
    assert isinstance(domain_of(f"https://{text}/"), str)
