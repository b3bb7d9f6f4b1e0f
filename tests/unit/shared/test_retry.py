"""When to try again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.retry import DELIVERY, HANDLER, UNAVAILABLE

CHANCE = st.floats(min_value=0, max_value=1, exclude_max=True)


def test_a_record_is_tried_three_times() -> None:
    tries = [HANDLER.delay_after(attempts, lambda: 0.5) for attempts in (1, 2, 3)]
    assert tries == [timedelta(seconds=0.2), timedelta(seconds=1), None]


def test_a_webhook_is_tried_twelve_times_over_about_three_days() -> None:
    delays = [DELIVERY.delay_after(attempts, lambda: 0.5) for attempts in range(1, 13)]
    assert delays[-1] is None
    total = sum((delay for delay in delays if delay is not None), timedelta())
    assert timedelta(hours=75) < total < timedelta(hours=77)


@given(attempts=st.integers(min_value=1, max_value=10_000), chance=CHANCE)
def test_a_server_that_is_gone_is_asked_again_within_seconds_for_ever(attempts: int, chance: float) -> None:
    delay = UNAVAILABLE.delay_after(attempts, lambda: chance)
    assert delay is not None
    assert timedelta() < delay <= timedelta(seconds=12)


@given(attempts=st.integers(min_value=1, max_value=11), chance=CHANCE)
def test_delays_are_spread_by_a_fifth_at_most(attempts: int, chance: float) -> None:
    middle, spread = (
        DELIVERY.delay_after(attempts, lambda: 0.5),
        DELIVERY.delay_after(attempts, lambda: chance),
    )
    assert middle is not None
    assert spread is not None
    assert 0.8 <= spread / middle <= 1.2
