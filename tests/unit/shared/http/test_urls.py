"""What a person is told about the address they give us."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InputError
from shared.http.addresses import AddressPolicy, check_url

REFUSED = {
    "": "begin with http",
    "example.org/feed": "begin with http",
    "ftp://example.org/feed": "begin with http",
    "file:///etc/passwd": "begin with http",
    "gopher://example.org/": "begin with http",
    "javascript:alert(1)": "begin with http",
    "http://": "no host",
    "http:///feed": "no host",
    "http://example.org:0/": "no possible port",
    "http://example.org:99999/": "cannot be read",
    "http://[::1/": "cannot be read",
    "http://user@example.org/": "user name",
    "http://user:secret@example.org/": "user name",
    "http://@example.org/": "user name",
    "http://:@example.org/": "user name",
    "https://example.org/#top": "fragment",
    "https://example.org/#": "fragment",
    "https://example.org/a b": "control",
    "https://example.org/\r\nHost:x": "control",
    "https://exam\x00ple.org/": "control",
    "https://example.org\\@127.0.0.1/": "control",
    "https://example.org/" + "x" * 2048: "longer than 2048",
    "http://localhost/": "inner network",
    "http://LOCALHOST./": "inner network",
    "http://a.localhost/": "inner network",
    "http://printer.local/": "inner network",
    "http://metadata.google.internal/": "inner network",
    "http://router.home.arpa/": "inner network",
    "http://intranet-server/": "not a full host name",
    "http://2130706433/": "is a number",
    "http://0x7f.1/": "is a number",
    "http://127.1/": "is a number",
    "http://0/": "is a number",
    "http://0177.0.0.01/": "is a number",
    "http://127.0.0.1/": "127.0.0.0/8",
    "http://127。0。0。1/": "127.0.0.0/8",
    "http://１２７．0．0．1/": "127.0.0.0/8",
    "http://[::1]/": "outside the public internet",
    "http://[::ffff:127.0.0.1]/": "127.0.0.0/8",
    "http://[fe80::1%25lo]/": "not a host name",
    "http://169.254.169.254/latest/meta-data/": "cloud metadata",
    "https://example.org:22/": "port 22",
    "https://1.1.1.1:22/": "port 22",
    "https://-bad-.example.org/": "not a host name",
    "https://" + "a" * 64 + ".org/": "not a host name",
    "https://a..org/": "not a host name",
    "http://%65xample.org/": "percent sign in its host",
}


@pytest.mark.parametrize(("url", "reason"), REFUSED.items())
def test_an_address_we_could_never_fetch_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        check_url(url, AddressPolicy())


@pytest.mark.parametrize(
    "url",
    ["https://example.org", "http://example.org/feed?x=1&y=%20", "HTTPS://Example.ORG:8443/", "https://пример.рф/лента",
     "https://한국.kr/rss", "https://1.1.1.1/", "https://[2606:4700::1111]:443/", "https://example.org./",
     "https://example.org/" + "x" * 2028],
)  # fmt: skip
def test_an_ordinary_public_address_passes(url: str) -> None:
    check_url(url, AddressPolicy())


def test_a_webhook_address_must_be_https_unless_the_operator_named_it() -> None:
    policy = AddressPolicy.named(endpoints=["127.0.0.1:18080"])

    check_url("http://127.0.0.1:18080/hook", policy, https_only=True)
    with pytest.raises(InputError, match="https"):
        check_url("http://example.org/hook", policy, https_only=True)


def test_the_loopback_port_the_operator_named_passes_and_its_neighbour_does_not() -> None:
    policy = AddressPolicy.named(endpoints=["localhost:18080"])

    for host in ("127.0.0.1", "localhost", "[::1]"):
        check_url(f"http://{host}:18080/feed.xml", policy)
        with pytest.raises(InputError, match="port 18081"):
            check_url(f"http://{host}:18081/feed.xml", policy)


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://["]))
def test_any_text_passes_or_is_an_input_error(text: str, scheme: str) -> None:
    with suppress(InputError):
        check_url(scheme + text, AddressPolicy())
