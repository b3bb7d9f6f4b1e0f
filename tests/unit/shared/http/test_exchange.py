"""Requests that must never be sent cannot be made."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.errors import InputError
from shared.http.exchange import HttpLimits, HttpRequest


@pytest.mark.parametrize("method", ["", "get", "CONNECT", "TRACE", "GET / HTTP/1.1\r\nX:"])
def test_a_method_we_do_not_send_is_refused(method: str) -> None:
    with pytest.raises(InputError, match="method"):
        HttpRequest(method=method, url="https://example.org")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "b\r\nX-C: d"),
        ("X-A", "b\n"),
        ("X-A", "\x00"),
        ("X A", "b"),
        ("X-A:", "b"),
        ("", "b"),
        ("X-Ä", "b"),
    ],
)
def test_a_header_that_breaks_out_of_its_line_is_refused(name: str, value: str) -> None:
    with pytest.raises(InputError, match="not a header"):
        HttpRequest(url="https://example.org", headers={name: value})


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "Connection", "User-Agent"])
def test_a_header_that_frames_or_addresses_the_request_is_the_clients_own(name: str) -> None:
    with pytest.raises(InputError, match="written by the client"):
        HttpRequest(url="https://example.org", headers={name: "x"})


@pytest.mark.parametrize("headers", [{f"X-{n}": "" for n in range(65)}, {"X-A": "b" * 16_384}])
def test_headers_beyond_all_measure_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(InputError, match="too many or too long"):
        HttpRequest(url="https://example.org", headers=headers)


@pytest.mark.parametrize(
    "make",
    [
        lambda: HttpLimits(total=timedelta()),
        lambda: HttpLimits(connect=timedelta(seconds=-1)),
        lambda: HttpLimits(body_bytes=0),
        lambda: HttpLimits(max_redirects=-1),
    ],
)
def test_limits_that_make_no_sense_are_refused(make: Callable[[], HttpLimits]) -> None:
    with pytest.raises(InputError, match="positive"):
        make()
