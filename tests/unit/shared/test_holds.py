"""Which answers ask for patience, and for how much."""

from datetime import timedelta

import pytest

from shared.holds import hold_asked
from tests.samples import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "wait", "held"),
    [
        (429, MINUTE, MINUTE),
        (429, None, HOUR),
        (429, timedelta(), HOUR),
        (429, 30 * DAY, DAY),
        (503, MINUTE, MINUTE),
        (503, None, None),
        (503, timedelta(), None),
        (500, MINUTE, None),
        (301, MINUTE, None),
        (200, MINUTE, None),
        (None, None, None),
    ],
)
def test_a_server_is_held_for_what_it_asks_or_not_at_all(
    status: int | None, wait: timedelta | None, held: timedelta | None
) -> None:
    hold = hold_asked("a.example", status, wait, NOON, unstated=HOUR, longest=DAY)
    assert (hold.until - NOON if hold else None) == held
    assert hold is None or (hold.domain == "a.example" and str(status) in hold.reason)
