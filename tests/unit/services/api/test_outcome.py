"""What a receiver's answer, or its silence, decides."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.outcome import Answered, DeliveryPolicy, Unanswered, decide
from shared.model.outcome import Dead, Delivered, DeliveryOutcome, DisableEndpoint, RetryAt

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
POLICY = DeliveryPolicy()
LAST_ATTEMPT = 12


def decided(result: Answered | Unanswered, attempts: int = 1, chance: float = 0.5) -> DeliveryOutcome:
    return decide(result, attempts=attempts, now=NOW, policy=POLICY, random=lambda: chance)


def wait(result: Answered | Unanswered, attempts: int = 1) -> timedelta:
    outcome = decided(result, attempts)
    assert isinstance(outcome, RetryAt)
    return outcome.due_at - NOW


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_acceptance(status: int) -> None:
    assert decided(Answered(status=status)) == Delivered()


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 404, 422, 500])
def test_everything_else_is_tried_again_by_the_schedule(status: int) -> None:
    assert wait(Answered(status=status)) == timedelta(seconds=5)
    assert wait(Answered(status=status), attempts=2) == timedelta(seconds=30)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_an_overloaded_receiver_rests_for_at_least_a_minute(status: int) -> None:
    assert wait(Answered(status=status)) == timedelta(seconds=60)
    assert wait(Answered(status=status), attempts=3) == timedelta(minutes=2)


def test_silence_is_tried_again_by_the_schedule() -> None:
    assert wait(Unanswered(error="refused")) == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        ("120", timedelta(seconds=120)),
        ("1", timedelta(seconds=5)),
        ("999999999", timedelta(hours=24)),
        (format_datetime(NOW + timedelta(minutes=10), usegmt=True), timedelta(minutes=10)),
        (format_datetime(NOW - timedelta(minutes=10), usegmt=True), timedelta(seconds=5)),
        ("soon", timedelta(seconds=5)),
        ("-5", timedelta(seconds=5)),
        ("1" * 5000, timedelta(hours=24)),
    ],
)
def test_retry_after_lengthens_the_wait_up_to_a_day(retry_after: str, expected: timedelta) -> None:
    assert wait(Answered(status=500, retry_after=retry_after)) == expected


def test_410_switches_the_endpoint_off() -> None:
    assert isinstance(decided(Answered(status=410)), DisableEndpoint)


def test_a_receiver_may_switch_itself_off_while_accepting() -> None:
    outcome = decided(Answered(status=200, control=" Disable "))
    assert isinstance(outcome, DisableEndpoint)
    assert outcome.accepted


def test_a_receiver_may_give_a_message_up() -> None:
    assert isinstance(decided(Answered(status=500, control="abort-message")), Dead)
    assert decided(Answered(status=200, control="abort-message")) == Delivered()


def test_after_twelve_attempts_over_three_days_a_delivery_is_dead() -> None:
    waits = [wait(Answered(status=500), attempts) for attempts in range(1, LAST_ATTEMPT)]
    assert timedelta(hours=75) < sum(waits, timedelta()) < timedelta(hours=76)
    assert isinstance(decided(Answered(status=500), LAST_ATTEMPT), Dead)
    assert isinstance(decided(Answered(status=503, retry_after="5"), LAST_ATTEMPT), Dead)
    assert isinstance(decided(Unanswered(error="refused"), LAST_ATTEMPT), Dead)


RESULTS = st.one_of(
    st.builds(
        Answered,
        status=st.integers(100, 599),
        retry_after=st.none() | st.text() | st.integers(0, 10**9).map(str),
        control=st.none() | st.sampled_from(["disable", "abort-message", "nonsense"]),
    ),
    st.builds(Unanswered, error=st.text()),
)


@given(RESULTS, st.integers(1, 20), st.floats(0, 1, exclude_max=True))
def test_every_result_is_decided_and_the_next_try_is_neither_past_nor_beyond_reach(
    result: Answered | Unanswered, attempts: int, chance: float
) -> None:
    outcome = decided(result, attempts, chance)
    assert isinstance(outcome, Delivered | RetryAt | Dead | DisableEndpoint)
    if isinstance(outcome, RetryAt):
        assert NOW < outcome.due_at <= NOW + timedelta(hours=24) * 1.2
        assert attempts < LAST_ATTEMPT
