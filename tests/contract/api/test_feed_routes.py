"""`/v1/feeds` on both databases: what is watched, how well, and what is said about it everywhere."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from shared.model.feed import FeedState, Outage
from shared.model.health import FeedHealth, HealthState
from shared.store.feed_states import Recording
from tests.contract.api.serving import Serving
from tests.contract.store import feed_samples
from tests.contract.store.feed_samples import NOW, OUTLET

HOUR = timedelta(hours=1)
NEW = {"url": "https://outlet.example/feed", "name": "Outlet"}


async def watched(api: Serving, number: int, health: HealthState | None = None, **more: Any) -> str:
    """The id of a feed that has this health; None for one never polled."""
    feed = await api.feeds.add(feed_samples.feed(number), NOW)
    if health is not None:
        known = FeedHealth(state=health, since=NOW - HOUR, reason=f"it is {health}")
        await recorded(api, replace(feed_samples.state(feed), health=known, **more))
    return feed.id


async def recorded(api: Serving, state: FeedState) -> None:
    poll = replace(feed_samples.poll(feed_samples.feed(0)), feed_id=state.feed_id)
    await api.feed_states.record([Recording(state=state, poll=poll)])


async def got(api: Serving, path: str, **query: str | int) -> Any:
    answer = await api.client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_feed_shows_how_it_is_read_since_when_and_why(api: Serving) -> None:
    shown = await got(api, f"/v1/feeds/{await watched(api, 1, 'silent')}")
    assert shown["health"] == {
        "state": "silent",
        "since": "2024-10-21T11:00:00Z",
        "reason": "it is silent",
    }
    assert (shown["owner"], shown["country"], shown["tier"]) == ("Sample Press", "KR", 2)
    assert (shown["interval_seconds"], shown["interval_in_force_seconds"]) == (None, 90)
    assert shown["address"] == "https://elsewhere.example/feed"
    document = shown["document"]
    assert (document["entries"], document["format"]) == (3, "rss 2.0")
    assert (document["at"], document["newest_at"]) == ("2024-10-21T12:00:00Z", "2024-10-21T12:00:00Z")
    assert shown["moving_to"] == {
        "to": "https://moved.example/feed",
        "since": "2024-10-21T12:00:00Z",
        "answers": 2,
    }
    assert (shown["failing_since"], shown["failure_points"]) == ("2024-10-21T11:00:00Z", 2)
    assert "failures" not in shown
    assert shown["gap_suspected_at"] == "2024-10-21T12:00:00Z"
    assert (shown["polls"], shown["totals"]) == (1, {"published": 2, "unchanged": 1})


async def test_a_feed_never_polled_has_no_health_yet(api: Serving) -> None:
    shown = await got(api, f"/v1/feeds/{await watched(api, 1)}")
    assert (shown["health"], shown["document"], shown["next_poll_at"]) == (None, None, None)
    assert (shown["polls"], shown["totals"]) == (0, {})


async def test_feeds_are_found_by_health_outlet_and_words(api: Serving) -> None:
    healthy, gone = await watched(api, 1, "healthy"), await watched(api, 2, "gone")
    never = await watched(api, 3)
    other = (await api.client.post("/v1/feeds", json=NEW)).json()["id"]

    async def ids(**query: str) -> set[str]:
        return {feed["id"] for feed in (await got(api, "/v1/feeds", **query))["items"]}

    assert await ids() == {healthy, gone, never, other}
    assert await ids(health="gone") == {gone}
    assert await ids(health="waiting") == {never, other}
    assert await ids(outlet=OUTLET) == {healthy, gone, never}
    assert await ids(outlet=OUTLET, health="waiting") == {never}
    assert await ids(q="OUTLET.ex") == {other}
    assert await ids(q="표본", health="healthy") == {healthy}
    assert await ids(q="%") == set()


async def test_a_filtered_list_is_followed_to_its_end(api: Serving) -> None:
    wanted = {await watched(api, number, "failing") for number in range(0, 10, 2)}
    for number in range(1, 10, 2):
        await watched(api, number, "healthy")
    seen: list[str] = []
    page: Mapping[str, Any] = {"cursor": "0", "more": True}
    while page["more"]:
        page = await got(api, "/v1/feeds", health="failing", limit=2, after=page["cursor"])
        seen += [feed["id"] for feed in page["items"]]
    assert seen == sorted(wanted)


@pytest.mark.parametrize(
    "query", [{"health": "sad"}, {"outlet": ""}, {"q": ""}, {"q": "\x00"}, {"q": "x" * 201}]
)
async def test_a_senseless_question_is_refused_in_words(api: Serving, query: dict[str, str]) -> None:
    answer = await api.client.get("/v1/feeds", params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_who_asks_for_no_state_of_health_is_told_all_of_them(api: Serving) -> None:
    (fault,) = (await api.client.get("/v1/feeds", params={"health": "nonsense"})).json()["faults"]
    assert fault["where"] == "query.health"
    assert all(f"'{state}'" in fault["what"] for state in (*get_args(HealthState), "waiting"))


async def test_the_last_polls_are_shown_the_newest_first(api: Serving) -> None:
    feed = await watched(api, 1)
    for minutes in range(3):
        poll = replace(feed_samples.poll(feed_samples.feed(1)), at=NOW + timedelta(minutes=minutes))
        await api.feed_states.record([Recording(state=feed_samples.state(feed_samples.feed(1)), poll=poll)])
    found = await got(api, f"/v1/feeds/{feed}/polls")
    assert [poll["at"][14:16] for poll in found["items"]] == ["02", "01", "00"]
    assert found["items"][0] == {
        "at": "2024-10-21T12:02:00Z",
        "outcome": "new_entries",
        "status": 200,
        "elapsed_ms": 35,
        "size": 4000,
        "entries": {"published": 2, "unchanged": 1},
        "gap_suspected": True,
        "error": None,
    }
    assert found["coverage"]["expected"] == 1
    assert len((await got(api, f"/v1/feeds/{feed}/polls", limit=1))["items"]) == 1
    assert (await api.client.get("/v1/feeds/nobody/polls")).status_code == 404


async def test_watching_what_is_watched_answers_with_what_there_is(api: Serving) -> None:
    first = await api.client.post("/v1/feeds", json=NEW | {"owner": "One Group", "country": "KR", "tier": 1})
    again = await api.client.post("/v1/feeds", json=NEW | {"name": "Another", "tier": 3})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert (first.json()["owner"], first.json()["country"], first.json()["tier"]) == ("One Group", "KR", 1)


async def test_a_feed_is_changed_in_what_is_named_only(api: Serving) -> None:
    before = (
        await api.client.post("/v1/feeds", json=NEW | {"language": "en", "interval_seconds": 600})
    ).json()
    path = f"/v1/feeds/{before['id']}"
    change = {"name": "Renamed", "owner": "One Group", "country": "US", "tier": 2, "enabled": False}
    changed = await api.client.patch(path, json=change)
    assert changed.status_code == 200
    assert changed.json() == before | change == await got(api, path)
    cleared = await api.client.patch(path, json={"interval_seconds": None, "language": None, "enabled": True})
    assert (cleared.json()["interval_seconds"], cleared.json()["language"]) == (None, None)
    assert (await api.client.patch(path, json={})).json() == cleared.json()


@pytest.mark.parametrize(
    "change",
    [
        {"outlet": "Another"},
        {"url": "https://other.example/feed"},
        {"name": None},
        {"name": ""},
        {"enabled": None},
        {"country": "Korea"},
        {"tier": 4},
        {"interval_seconds": 1},
    ],
    ids=lambda change: next(f"{name}={value}" for name, value in change.items()),
)
async def test_a_change_without_sense_changes_nothing(api: Serving, change: dict[str, object]) -> None:
    before = (await api.client.post("/v1/feeds", json=NEW)).json()
    path = f"/v1/feeds/{before['id']}"
    answer = await api.client.patch(path, json=change | {"language": "ko"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert await got(api, path) == before


async def test_nobody_changes_a_feed_that_is_not_watched(api: Serving) -> None:
    assert (await api.client.patch("/v1/feeds/nobody", json={"name": "x"})).status_code == 404


async def test_an_answer_says_how_many_feeds_are_read_and_how_the_others_are(api: Serving) -> None:
    soon = NOW + timedelta(minutes=5)
    states: tuple[HealthState | None, ...] = ("healthy", "moved", "silent", "failing", "gone", None)
    for number, health in enumerate(states):
        await watched(api, number, health, next_poll_at=soon)
    await watched(api, 7, "healthy", next_poll_at=NOW - 2 * HOUR, last_success_at=NOW - 3 * HOUR)
    paused = await api.feeds.get(await watched(api, 8, "blocked"))
    assert paused is not None
    await api.feeds.update(replace(paused, enabled=False))
    found = (await got(api, "/v1/alerts"))["coverage"]
    assert found == {
        "at": found["at"],
        "expected": 7,
        "fresh": 2,
        "silent": 1,
        "partial": 0,
        "stale": 1,
        "failing": 1,
        "blocked": 0,
        "gone": 1,
        "waiting": 1,
        "oldest_gap_seconds": 3 * 3600,
        "our_outage_since": None,
    }


async def test_an_answer_says_when_it_is_our_own_network_that_fails(api: Serving) -> None:
    outage = Outage(began_at=NOW - HOUR, ended_at=None, reason="most hosts fail at once")
    await api.feed_states.save_outage(outage)
    assert (await got(api, "/v1/stories"))["coverage"]["our_outage_since"] == "2024-10-21T11:00:00Z"
    await api.feed_states.save_outage(replace(outage, ended_at=NOW))
    api.world.now = NOW + HOUR
    assert (await got(api, "/v1/stories"))["coverage"]["our_outage_since"] is None


async def test_the_ledger_sums_up_to_the_entries_of_all_polls(api: Serving) -> None:
    await watched(api, 1, "healthy", totals={"published": 5, "too_old": 2})
    await watched(api, 2, "healthy", totals={"published": 1, "duplicate": 1, "over_cap": 40})
    states = (await got(api, "/v1/ledger"))["states"]
    ingest = ("published", "revised", "unchanged", "duplicate", "too_old", "over_cap", "undecodable")
    assert [states[name] for name in ingest] == [6, 0, 0, 1, 2, 40, 0]
