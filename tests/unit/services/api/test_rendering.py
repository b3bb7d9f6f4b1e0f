"""The body of a webhook message: whole where it fits, and never silently less."""

import json
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.api.rendering import MAX_BODY_BYTES, MAX_STORIES, message_type, render
from shared.model.alert import Alert, Coverage
from tests.unit.services.api.samples import NOW, alert, alert_story, claim, evidence


def test_the_body_is_the_alert_in_the_shape_of_standard_webhooks() -> None:
    body = json.loads(render(alert()))
    assert list(body) == ["type", "timestamp", "data"]
    assert body["type"] == "alert.first_report" == message_type(alert())
    assert body["timestamp"] == "2024-10-21T12:00:00Z"
    left_out = {"stories_left_out": 0, "claims_left_out": 0}
    assert body["data"] == json.loads(msgspec.json.encode(alert())) | left_out
    assert msgspec.convert(body["data"], Alert) == alert()


def test_the_same_alert_gives_the_same_bytes() -> None:
    assert render(alert()) == render(alert())


def test_more_stories_than_a_receiver_wants_are_counted_instead() -> None:
    data = json.loads(render(alert(stories=tuple(alert_story(n) for n in range(50)))))["data"]
    assert len(data["stories"]) == MAX_STORIES
    assert data["stories_left_out"] == 50 - MAX_STORIES


def test_long_stories_give_way_until_the_body_fits() -> None:
    stories = tuple(alert_story(n, title="п" * 10_000) for n in range(10))
    data = json.loads(render(alert(stories=stories)))["data"]
    assert 1 <= len(data["stories"]) < 10
    assert len(data["stories"]) + data["stories_left_out"] == 10
    assert data["claims_left_out"] == 0


def test_claims_give_way_after_the_stories() -> None:
    data = json.loads(render(alert(claims=tuple(claim(n) for n in range(1000)))))["data"]
    assert len(data["stories"]) == 1
    assert 0 < len(data["claims"]) < 1000
    assert len(data["claims"]) + data["claims_left_out"] == 1000


HOSTILE = "\x01" * 30_000


@pytest.mark.parametrize(
    "monster",
    [
        alert(headline=HOSTILE, because=HOSTILE, original_headline=HOSTILE),
        alert(categories=(HOSTILE,) * 30, references=(HOSTILE,) * 30),
        alert(coverage=Coverage(outlets=(HOSTILE,) * 50, origins=1, languages=(HOSTILE,) * 50)),
        alert(stories=(replace(alert_story(), evidence=(evidence(),) * 5000),)),
        alert(
            **dict.fromkeys(("id", "event_id", "watch", "headline", "because", "original_headline"), HOSTILE),
            original_language=HOSTILE,
            categories=(HOSTILE,) * 30,
            references=(HOSTILE,) * 300,
            coverage=Coverage(outlets=(HOSTILE,) * 50, origins=1, languages=(HOSTILE,) * 50),
        ),
    ],
    ids=["texts", "lists", "coverage", "evidence", "everything"],
)
def test_no_alert_however_large_exceeds_the_limit(monster: Alert) -> None:
    body = render(monster)
    assert len(body) <= MAX_BODY_BYTES
    data = json.loads(body)["data"]
    assert data["severity"] == 4
    assert data["alerted_at"] == NOW.isoformat().replace("+00:00", "Z")
    assert data["stories_left_out"] == 1


@settings(max_examples=25, deadline=None)
@given(stories=st.integers(0, 40), claims=st.integers(0, 200), title=st.text(max_size=3000))
def test_nothing_is_left_out_silently(stories: int, claims: int, title: str) -> None:
    sample = alert(
        stories=tuple(alert_story(n, title=title) for n in range(stories)),
        claims=tuple(claim(n) for n in range(claims)),
    )
    body = render(sample)
    data = json.loads(body)["data"]
    assert len(body) <= MAX_BODY_BYTES
    assert len(data["stories"]) + data["stories_left_out"] == stories
    assert len(data["claims"]) + data["claims_left_out"] == claims
