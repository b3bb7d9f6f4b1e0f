"""Where redirects lead, without a network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DestinationBlockedError
from shared.http.exchange import HttpLimits, HttpRequest
from shared.http.redirects import redirected

SECRETS = {"Authorization": "Bearer x", "cookie": "a=b", "If-None-Match": '"1"'}
ASKED = HttpRequest(url="https://example.org/a/feed?x=1", headers=SECRETS)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b", "https://example.org/b"),
        ("b#part", "https://example.org/a/b"),
        ("?y=2", "https://example.org/a/feed?y=2"),
        ("//example.com/c", "https://example.com/c"),
        ("http://example.com:8080/ü", "http://example.com:8080/%C3%BC"),
    ],
)
def test_a_redirect_is_resolved_against_the_address_that_gave_it(
    status: int, location: str, target: str
) -> None:
    onward = redirected(ASKED, status, location)

    assert onward is not None
    assert onward.url == target


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        ("/b", True),
        ("https://example.org:443/b", True),
        ("http://example.org/b", False),
        ("https://example.org:8443/b", False),
        ("https://www.example.org/b", False),
        ("https://example.org.example.com/b", False),
    ],
)
def test_credentials_stay_with_the_origin_they_were_meant_for(location: str, kept: bool) -> None:
    onward = redirected(ASKED, 302, location)

    assert onward is not None
    assert onward.headers == (SECRETS if kept else {"If-None-Match": '"1"'})


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "gopher://example.org/", "ftp://example.org/", "ws://example.org/",
     "data:text/plain,x", "https://user:secret@example.org/", "http://example.org:99999/", "http://[::1/",
     "/" + "x" * 2048, "http://example.org\\@127.0.0.1/"],
)  # fmt: skip
def test_a_redirect_to_anything_but_a_plain_web_address_is_blocked(location: str) -> None:
    with pytest.raises(DestinationBlockedError, match=r"redirect from example\.org"):
        redirected(ASKED, 301, location)


@pytest.mark.parametrize(
    ("status", "location"), [(200, "/b"), (201, "/b"), (300, "/b"), (304, "/b"), (302, None), (302, "")]
)
def test_an_answer_that_is_no_redirect_is_taken_as_it_is(status: int, location: str | None) -> None:
    assert redirected(ASKED, status, location) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_a_request_with_an_effect_is_never_sent_on(method: str) -> None:
    request = HttpRequest(method=method, url="https://example.org/hook", body=b"{}")

    assert redirected(request, 307, "/b") is None


def test_redirects_are_answers_where_none_may_be_followed() -> None:
    request = HttpRequest(url="https://example.org", limits=HttpLimits(max_redirects=0))

    assert redirected(request, 302, "file:///etc/passwd") is None


@given(st.text(min_size=1, max_size=60))
def test_any_location_leads_to_a_web_address_or_is_blocked(location: str) -> None:
    try:
        onward = redirected(ASKED, 302, location)
    except DestinationBlockedError:
        return
    assert onward is not None
    assert onward.url.startswith(("http://", "https://"))
