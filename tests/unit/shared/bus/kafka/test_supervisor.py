"""When a consumer is given up: judged by what was observed, on a clock of the test's own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.kafka.limits import KafkaLimits
from shared.bus.kafka.supervisor import Supervisor

START = datetime(2024, 10, 21, tzinfo=UTC)
LIMITS = KafkaLimits()
SECOND = timedelta(seconds=1)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["records", "nothing", "lag", "no lag", "failure", "commit", "away"]),
        st.floats(min_value=0, max_value=90),
    ),
    max_size=60,
)


def test_a_new_consumer_is_sound_and_not_asked_about() -> None:
    supervisor = Supervisor(START, LIMITS)
    assert supervisor.verdict(START) is None
    assert not supervisor.should_ask(START)


def test_the_brokers_are_asked_when_no_records_came_for_a_while() -> None:
    supervisor = Supervisor(START, LIMITS)
    assert not supervisor.should_ask(START + LIMITS.ask_every - SECOND)
    assert supervisor.should_ask(START + LIMITS.ask_every)
    supervisor.moved(START + LIMITS.ask_every)
    assert not supervisor.should_ask(START + LIMITS.ask_every)


def test_brokers_that_do_not_answer_are_asked_at_every_poll_until_they_do() -> None:
    supervisor = Supervisor(START, LIMITS)
    supervisor.failed(START)
    assert supervisor.should_ask(START)
    supervisor.answered(5, START)
    assert not supervisor.should_ask(START)


def test_a_consumer_for_which_nothing_succeeds_is_given_up() -> None:
    supervisor = Supervisor(START, LIMITS)
    supervisor.failed(START)
    supervisor.failed(START + LIMITS.silent_after)
    assert supervisor.verdict(START + LIMITS.silent_after) is None
    assert "nothing succeeded since 00:00:00" in str(supervisor.verdict(START + LIMITS.silent_after + SECOND))


@pytest.mark.parametrize("recovery", ["records", "lag", "commit"])
def test_one_success_clears_the_failures_before_it(recovery: str) -> None:
    supervisor = Supervisor(START, LIMITS)
    supervisor.failed(START)
    observe(supervisor, recovery, START + SECOND)
    assert supervisor.verdict(START + LIMITS.silent_after + 2 * SECOND) is None


def test_a_consumer_that_gets_nothing_while_records_wait_is_given_up() -> None:
    supervisor = Supervisor(START, LIMITS)
    for seconds in range(0, 121, 20):
        supervisor.answered(7, START + seconds * SECOND)
    assert supervisor.verdict(START + LIMITS.stuck_after) is None
    assert "records wait" in str(supervisor.verdict(START + LIMITS.stuck_after + SECOND))


def test_a_consumer_with_nothing_to_read_may_be_idle_for_ever() -> None:
    supervisor = Supervisor(START, LIMITS)
    now = START
    for _ in range(1000):
        now += LIMITS.ask_every
        assert supervisor.verdict(now) is None
        supervisor.answered(0, now)


def test_the_time_its_records_took_does_not_count_against_a_consumer() -> None:
    supervisor = Supervisor(START, LIMITS)
    supervisor.moved(START)
    supervisor.polled(START)
    later = START + timedelta(hours=2)
    supervisor.polling(later)
    assert not supervisor.should_ask(later)
    assert supervisor.verdict(later + LIMITS.ask_every) is None


@given(EVENTS)
def test_only_failures_or_waiting_records_bring_a_verdict(events: list[tuple[str, float]]) -> None:
    supervisor, now = Supervisor(START, LIMITS), START
    failing, waiting = timedelta(), timedelta()  # how long, at most
    for event, seconds in events:
        passed = timedelta(seconds=seconds)
        now += passed
        observe(supervisor, event, now)
        failing = timedelta() if event in {"records", "lag", "no lag", "commit"} else failing + passed
        waiting = timedelta() if event in {"records", "no lag"} else waiting + passed
        verdict = supervisor.verdict(now)
        if failing <= LIMITS.silent_after and waiting <= LIMITS.stuck_after:
            assert verdict is None
        if event in {"records", "no lag"}:
            assert verdict is None


def observe(supervisor: Supervisor, event: str, now: datetime) -> None:
    """Tell the supervisor of the event."""
    match event:
        case "records":
            supervisor.moved(now)
        case "lag":
            supervisor.answered(9, now)
        case "no lag":
            supervisor.answered(0, now)
        case "failure":
            supervisor.failed(now)
        case "commit":
            supervisor.committed()
        case "away":
            supervisor.polling(now)
        case _:
            supervisor.polled(now)
