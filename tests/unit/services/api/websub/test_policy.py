"""What is done about subscriptions at hubs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.websub.policy import (
    MOST_FAREWELLS,
    HubPolicy,
    Intent,
    after_intent,
    after_request,
    lease_of,
    request_form,
)
from shared.model.websub import HubSubscription

NOW = datetime(2024, 10, 21, 12, tzinfo=UTC)
POLICY = HubPolicy()
DAY = timedelta(days=1)
TOPIC = "https://wire.example/feed"


def a_subscription(**changes: Any) -> HubSubscription:
    whole = HubSubscription(
        id="websub-1",
        feed_id="feed-1",
        hub="https://hub.example/",
        topic=TOPIC,
        token="token",
        sealed_secret=b"sealed",
        state="new",
        told_at=NOW,
        next_at=NOW,
    )
    return replace(whole, **changes)


def an_intent(**changes: str) -> Intent:
    whole = Intent(mode="subscribe", topic=TOPIC, challenge="abc-123", lease_seconds="864000", reason="")
    return replace(whole, **changes)


def requested(
    subscription: HubSubscription, error: str | None = None, *, now: datetime = NOW
) -> HubSubscription | None:
    return after_request(subscription, error, now=now, policy=POLICY, random=lambda: 0.5)


def told(found: HubSubscription, intent: Intent, chance: float = 0.5) -> tuple[HubSubscription | None, bool]:
    return after_intent(found, intent, now=NOW, policy=POLICY, random=lambda: chance)


def test_a_hub_is_asked_with_a_secret_and_a_lease() -> None:
    form = request_form(a_subscription(), callback="https://me.example/websub/t", secret="s", lease=10 * DAY)
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": "https://me.example/websub/t",
        "hub.secret": "s",
        "hub.lease_seconds": "864000",
    }


def test_a_hub_that_is_left_is_told_no_secret() -> None:
    leaving = a_subscription(state="leaving")
    form = request_form(leaving, callback="https://me.example/websub/t", secret="s", lease=DAY)
    assert (form["hub.mode"], "hub.secret" in form) == ("unsubscribe", False)


@given(st.floats(0, 1, exclude_max=True), st.integers(3600, 90 * 86400))
def test_a_lease_is_renewed_well_before_it_ends(chance: float, seconds: int) -> None:
    after, agreed = told(a_subscription(state="asked"), an_intent(lease_seconds=str(seconds)), chance)
    assert agreed
    assert after is not None
    assert (after.state, after.lease_until) == ("verified", NOW + timedelta(seconds=seconds))
    share = (after.next_at - NOW) / timedelta(seconds=seconds)
    assert 0.74 < share < 0.86


def test_a_hub_that_lends_for_seconds_only_is_not_asked_all_the_time() -> None:
    after, _ = told(a_subscription(), an_intent(lease_seconds="1"))
    assert after is not None
    assert after.next_at == NOW + POLICY.soonest


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [
        ("864000", 10 * DAY),
        ("99999999999999999999", POLICY.longest_lease),
        ("0", None),
        ("", None),
        ("-5", None),
        ("1e9", None),
        ("٣٦٠٠", None),
    ],
)
def test_a_lease_is_a_positive_number_and_never_endless(seconds: str, lease: timedelta | None) -> None:
    assert lease_of(seconds, POLICY) == lease


@pytest.mark.parametrize(
    "intent",
    [
        pytest.param(an_intent(topic="https://other.example/feed"), id="wrong topic"),
        pytest.param(an_intent(challenge=""), id="no challenge"),
        pytest.param(an_intent(challenge="x" * 1025), id="endless challenge"),
        pytest.param(an_intent(challenge="a\x00b"), id="binary challenge"),
        pytest.param(an_intent(challenge="<b>\n"), id="two lines"),
        pytest.param(an_intent(lease_seconds=""), id="no lease"),
        pytest.param(an_intent(mode="unsubscribe"), id="not leaving"),
        pytest.param(an_intent(mode="publish"), id="no such mode"),
        pytest.param(an_intent(mode="denied", topic="https://other.example/"), id="denies another topic"),
    ],
)
def test_what_we_did_not_ask_for_changes_nothing(intent: Intent) -> None:
    asked = a_subscription(state="asked")
    assert told(asked, intent) == (asked, False)


def test_who_leaves_agrees_to_leave_and_not_to_stay() -> None:
    leaving = a_subscription(state="leaving")
    assert told(leaving, an_intent(mode="unsubscribe")) == (None, True)
    assert told(leaving, an_intent()) == (leaving, False)


def test_a_denial_is_kept_with_its_reason_and_asked_about_next_day() -> None:
    alive = a_subscription(state="verified", lease_until=NOW + DAY)
    after, agreed = told(alive, an_intent(mode="denied", reason="paid\x1b[2J customers only" + "!" * 1000))
    assert agreed
    assert after is not None
    assert (after.state, after.lease_until, after.next_at) == ("denied", None, NOW + POLICY.denied)
    assert after.last_error is not None
    assert after.last_error.startswith("the hub denied the subscription: paid[2J customers only!")
    assert len(after.last_error) < 400


def test_accepted_is_not_verified_and_asked_again_ever_more_rarely() -> None:
    subscription: HubSubscription | None = a_subscription()
    waits = []
    now = NOW
    for _ in range(7):
        assert subscription is not None
        subscription = requested(subscription, now=now)
        assert subscription is not None
        assert subscription.state == "asked"
        waits.append(subscription.next_at - now)
        now = subscription.next_at
    assert waits[0] == POLICY.patience
    assert waits == sorted(waits)
    assert waits[-1] == DAY


def test_a_hub_that_cannot_be_asked_is_asked_again_later() -> None:
    after = requested(a_subscription(), "no such host")
    assert after is not None
    assert (after.state, after.last_error, after.next_at) == (
        "failed",
        "no such host",
        NOW + timedelta(minutes=1),
    )


def test_a_renewal_that_fails_leaves_the_lease_as_it_is_until_it_ends() -> None:
    alive = a_subscription(state="verified", lease_until=NOW + timedelta(seconds=30))
    after = requested(alive, "503")
    assert after is not None
    assert (after.state, after.next_at) == ("verified", NOW + timedelta(seconds=30))
    later = requested(after, "503", now=NOW + timedelta(seconds=30))
    assert later is not None
    assert later.state == "expired"


def test_a_hub_that_does_not_let_us_go_is_given_up() -> None:
    leaving: HubSubscription | None = a_subscription(state="leaving")
    for asked in range(1, MOST_FAREWELLS + 1):
        assert leaving is not None
        leaving = requested(leaving)
        assert (leaving is None) == (asked == MOST_FAREWELLS)
