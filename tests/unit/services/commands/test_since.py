"""Moments as a person writes them."""

from datetime import UTC, datetime, timedelta

import pytest

from services.commands.since import moment
from shared.errors import InputError

NOW = datetime(2024, 10, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-10-20", datetime(2024, 10, 20, tzinfo=UTC)),
        ("2024-10-20T08:30", datetime(2024, 10, 20, 8, 30, tzinfo=UTC)),
        ("2024-10-20T08:30:00+09:00", datetime(2024, 10, 19, 23, 30, tzinfo=UTC)),
        ("2024-10-20T08:30Z", datetime(2024, 10, 20, 8, 30, tzinfo=UTC)),
        ("7d", NOW - timedelta(days=7)),
        ("12H", NOW - timedelta(hours=12)),
        ("30m", NOW - timedelta(minutes=30)),
        (" 2w ", NOW - timedelta(weeks=2)),
    ],
)
def test_a_date_a_time_and_an_age_are_moments(written: str, expected: datetime) -> None:
    assert moment(written, NOW) == expected


@pytest.mark.parametrize(
    "written", ["", "yesterday", "7", "d", "-1d", "7y", "2024-13-01", "999999w", "0001-01-01T00:00+14"]
)
def test_anything_else_is_refused_with_examples_of_what_is_expected(written: str) -> None:
    with pytest.raises(InputError, match=r"expected a date \(2024-10-21\)"):
        moment(written, NOW)
