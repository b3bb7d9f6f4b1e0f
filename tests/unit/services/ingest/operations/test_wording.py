"""Errors in the words of people."""

from datetime import timedelta

import pytest

from services.ingest.operations.wording import error_words, size, span
from services.ingest.policy import IngestPolicy
from shared.errors import (
    BodyTooLargeError,
    DestinationBlockedError,
    FetchError,
    PactwatchError,
    TooManyRedirectsError,
)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BodyTooLargeError("https://x.example/f: more than 10485760 bytes"), "more than 10 MiB"),
        (
            TooManyRedirectsError("more than 5, the last to https://x.example/f"),
            "more than 5 redirects, the last to https://x.example/f",
        ),
        (
            FetchError("https://x.example/f: no whole answer within 0:00:30"),
            "no whole answer within 30 s",
        ),
        (
            DestinationBlockedError("127.0.0.1: 127.0.0.1 is in 127.0.0.0/8 (loopback)"),
            "127.0.0.1 is in 127.0.0.0/8 (loopback)",
        ),
        (
            DestinationBlockedError("::1: ::1 is outside the public internet"),
            "::1 is outside the public internet",
        ),
        (
            DestinationBlockedError("x.example: 10.0.0.1 is in 10.0.0.0/8 (private)"),
            "x.example: 10.0.0.1 is in 10.0.0.0/8 (private)",
        ),
        (FetchError("cannot connect\x1b[2J\nto x.example"), "cannot connect[2J to x.example"),
    ],
    ids=["too large", "redirects", "slow", "blocked", "blocked v6", "blocked name", "control"],
)
def test_an_error_is_told_once_in_units_that_people_use(error: PactwatchError, words: str) -> None:
    assert error_words(error, IngestPolicy()) == words


def test_sizes_and_spans_have_a_unit() -> None:
    assert (size(10 * 1024 * 1024), size(2500), size(0)) == ("10 MiB", "2500 bytes", "0 bytes")
    assert [span(timedelta(days=days)) for days in (1, 30, 1.5)] == ["1 day", "30 days", "1.5 days"]
    assert span(timedelta(seconds=30)) == "30 s"
