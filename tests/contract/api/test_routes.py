"""What each route of the API takes and gives, on both databases."""

from datetime import datetime, timedelta

import pytest

from shared.model.alert import Decision, Event
from shared.model.feed import FeedState, Poll, Validators
from shared.model.ids import derive_id
from shared.model.outcome import Dead
from shared.store.feed_states import Recording
from tests.contract.api.claiming import attempt, claim
from tests.contract.api.dispatching import SEALER
from tests.contract.api.serving import ALLOWED, Serving, serving
from tests.unit.services.api.samples import NOW, TEXT, alert, message, subscription, tagged_story

HOOK = "https://receiver.example/hook"
FEED = {"url": "https://outlet.example/feed", "name": "Outlet"}


def event() -> Event:
    return Event(
        id="event-1",
        watch="dprk-russia",
        headline="h",
        severity=4,
        certainty="single_source",
        categories=(),
        first_seen_at=NOW,
        latest_at=NOW,
        stories=1,
    )


async def record_story(api: Serving) -> None:
    decision = Decision(
        story_id="story-1",
        revision=1,
        outcome="notified",
        reason="first_report",
        because="new",
        event_id="event-1",
        alert_id="alert-1",
        decided_at=NOW,
    )
    await api.stories.record(tagged_story(1), decision, event=event(), alert=alert())


async def test_a_story_is_served_with_evidence_that_stands_in_its_text(api: Serving) -> None:
    await record_story(api)
    (listed,) = (await api.client.get("/v1/stories")).json()["items"]
    assert listed == (await api.client.get("/v1/stories/story-1")).json()
    assert listed["text"] == TEXT
    assert listed["relevant"]
    for span in listed["evidence"]:
        assert TEXT[span["start"] : span["end"]] == span["text"]


async def test_whole_texts_stay_here_unless_the_operator_serves_them(api: Serving) -> None:
    await record_story(api)
    async with serving(api.db, full_text=False) as discreet:
        story = (await discreet.client.get("/v1/stories/story-1")).json()
    assert story["text"] is None
    assert story["excerpt"] == TEXT[:300]


async def test_a_reader_follows_the_cursor_to_the_end_and_later_on(api: Serving) -> None:
    for number in range(1, 6):
        await api.stories.record(tagged_story(number), None)
    seen: list[str] = []
    page = {"cursor": 0, "more": True}
    while page["more"]:
        page = (await api.client.get("/v1/stories", params={"after": page["cursor"], "limit": 2})).json()
        seen += [item["id"] for item in page["items"]]
    assert seen == [f"story-{number}" for number in range(1, 6)]
    nothing = (await api.client.get("/v1/stories", params={"after": page["cursor"]})).json()
    assert (nothing["items"], nothing["cursor"]) == ([], page["cursor"])
    await api.stories.record(tagged_story(6), None)
    new = (await api.client.get("/v1/stories", params={"after": nothing["cursor"]})).json()
    assert [item["id"] for item in new["items"]] == ["story-6"]


async def test_an_alert_is_served_whole(api: Serving) -> None:
    await record_story(api)
    (listed,) = (await api.client.get("/v1/alerts")).json()["items"]
    shown = (await api.client.get("/v1/alerts/alert-1")).json()
    assert {**shown, "position": listed["position"]} == listed
    assert listed["claims"][0]["quantity"]["best"] == 1500
    assert listed["alerted_at"] == "2024-10-21T12:00:00Z"
    severe = await api.client.get("/v1/alerts", params={"min_severity": 5})
    assert severe.json()["items"] == []


async def test_feeds_are_added_once_listed_with_their_health_and_removed(api: Serving) -> None:
    added = await api.client.post("/v1/feeds", json=FEED | {"interval_seconds": 600, "language": "en"})
    assert added.status_code == 201
    feed = added.json()
    assert feed["id"] == derive_id("feed", FEED["url"])
    assert (feed["outlet"], feed["interval_seconds"], feed["failure_points"]) == ("outlet.example", 600, None)
    assert (await api.client.post("/v1/feeds", json=FEED)).json() == feed
    await api.feed_states.record([Recording(state=polled(feed["id"], NOW), poll=poll(feed["id"]))])
    (listed,) = (await api.client.get("/v1/feeds")).json()["items"]
    assert listed["last_outcome"] == "not_modified"
    assert listed == (await api.client.get(f"/v1/feeds/{feed['id']}")).json()
    assert (await api.client.delete(f"/v1/feeds/{feed['id']}")).status_code == 204
    assert (await api.client.get(f"/v1/feeds/{feed['id']}")).status_code == 404


def polled(feed_id: str, at: datetime, failures: int = 0) -> FeedState:
    return FeedState(
        feed_id=feed_id,
        validators=Validators(),
        next_poll_at=at,
        last_poll_at=at,
        last_success_at=at,
        last_outcome="not_modified",
        failures=failures,
    )


def poll(feed_id: str) -> Poll:
    return Poll(feed_id=feed_id, at=NOW, outcome="not_modified", status=304, elapsed=timedelta(), entries={})


@pytest.mark.parametrize("path", ["stories", "alerts", "feeds", "subscriptions", "deliveries", "ledger"])
async def test_every_list_says_how_well_the_feeds_are_covered(api: Serving, path: str) -> None:
    feed = (await api.client.post("/v1/feeds", json=FEED)).json()
    read = polled(feed["id"], NOW - timedelta(minutes=5))
    await api.feed_states.record([Recording(state=read, poll=poll(feed["id"]))])
    found = (await api.client.get(f"/v1/{path}")).json()["coverage"]
    assert (found["expected"], found["fresh"], found["oldest_gap_seconds"]) == (1, 1, 300)


async def test_a_subscription_shows_its_secret_once_and_keeps_it_sealed(api: Serving) -> None:
    wanted = {"url": HOOK, "description": "desk", "filter": {"min_severity": 3, "reasons": ["correction"]}}
    made = await api.client.post("/v1/subscriptions", json=wanted)
    assert made.status_code == 201
    secret, shown = made.json()["secret"], made.json()["subscription"]
    assert secret.startswith("whsec_")
    stored = await api.subscriptions.get(shown["id"])
    assert stored is not None
    assert SEALER.unseal(stored.sealed_secret) == secret
    for path in ("/v1/subscriptions", f"/v1/subscriptions/{shown['id']}"):
        assert secret not in (await api.client.get(path)).text
    assert (await api.client.get("/v1/subscriptions")).json()["items"] == [shown]
    assert shown["filter"] == {
        "min_severity": 3,
        "reasons": ["correction"],
        "categories": [],
        "languages": [],
        "feeds": True,
    }
    assert (await api.client.delete(f"/v1/subscriptions/{shown['id']}")).status_code == 204
    assert (await api.client.get(f"/v1/subscriptions/{shown['id']}")).status_code == 404


async def test_two_subscriptions_to_one_address_have_secrets_of_their_own(api: Serving) -> None:
    first, second = [
        (await api.client.post("/v1/subscriptions", json={"url": HOOK})).json() for _ in range(2)
    ]
    assert first["secret"] != second["secret"]
    assert first["subscription"]["id"] != second["subscription"]["id"]


async def test_an_address_the_operator_named_may_be_subscribed_without_encryption(api: Serving) -> None:
    made = await api.client.post("/v1/subscriptions", json={"url": f"http://{ALLOWED}/hook"})
    assert made.status_code == 201


async def test_deliveries_are_listed_with_their_attempts(api: Serving) -> None:
    await api.subscriptions.create(subscription())
    await api.deliveries.enqueue(message(1), ["sub-desk"], NOW)
    await api.deliveries.enqueue(message(2), ["sub-desk"], NOW + timedelta(seconds=1))
    (claimed,) = await claim(api.deliveries, NOW)
    failed = attempt(claimed, status=500)
    await api.deliveries.settle(claimed.delivery, failed, Dead(reason="enough"), NOW)
    dead = (await api.client.get("/v1/deliveries", params={"state": "dead"})).json()
    (delivery,) = dead["items"]
    assert delivery["message_id"] == message(1).id
    assert delivery["attempts"] == [
        {
            "number": 1,
            "at": "2024-10-21T12:00:00Z",
            "elapsed_seconds": 0.02,
            "status": 500,
            "error": None,
            "excerpt": "ok",
        }
    ]
    rest = await api.client.get("/v1/deliveries", params={"after": dead["cursor"]})
    assert [item["message_id"] for item in rest.json()["items"]] == [message(2).id]
    nobody = await api.client.get("/v1/deliveries", params={"subscription": "nobody"})
    assert nobody.json()["items"] == []


async def test_the_ledger_sums_what_became_of_everything(api: Serving) -> None:
    await record_story(api)
    await api.subscriptions.create(subscription())
    await api.deliveries.enqueue(message(1), ["sub-desk"], NOW)
    ledger = (await api.client.get("/v1/ledger")).json()
    assert ledger["states"]["notified"] == 1
    assert ledger["deliveries"] == {"pending": 1}
