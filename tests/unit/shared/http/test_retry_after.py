"""Both forms of Retry-After, and what is neither."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.retry_after import parse_retry_after

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta()),
        ("Mon, 21 Oct 2024 13:00:00 GMT", timedelta(hours=1)),
        ("Mon, 21 Oct 2024 11:00:00 GMT", None),
        ("9" * 5000, timedelta(seconds=999_999_999)),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str | None, expected: timedelta | None) -> None:
    assert parse_retry_after(text, NOW) == expected


@given(st.text())
def test_any_retry_after_is_read_or_ignored(text: str) -> None:
    asked = parse_retry_after(text, NOW)
    assert asked is None or asked >= timedelta()
