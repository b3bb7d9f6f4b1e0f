"""Whatever is asked, the answer is a problem document and never a crash."""

from typing import Any

import pytest
import sqlalchemy as sa
from httpx2 import Response
from structlog.testing import capture_logs

from tests.contract.api.serving import Serving
from tests.unit.services.api.samples import subscription

HOOK = "https://receiver.example/hook"

# Refused before any database is asked, so one of them will do.
pytestmark = pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)


def problem(response: Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["status"] == status
    assert document["type"].startswith("urn:pactwatch:problem:")
    assert {"title", "detail"} <= document.keys()
    return document


@pytest.mark.parametrize(
    "path",
    [
        "/v1/stories/nobody",
        "/v1/alerts/nobody",
        "/v1/feeds/nobody",
        "/v1/subscriptions/nobody",
        "/v1/nothing",
        "/",
    ],
)
async def test_what_does_not_exist_is_a_404(api: Serving, path: str) -> None:
    problem(await api.client.get(path), 404)


@pytest.mark.parametrize("path", ["/v1/feeds/nobody", "/v1/subscriptions/nobody"])
async def test_deleting_what_does_not_exist_is_a_404(api: Serving, path: str) -> None:
    problem(await api.client.delete(path), 404)


async def test_a_method_the_route_does_not_have_is_a_405_that_names_those_it_has(api: Serving) -> None:
    response = await api.client.put("/v1/stories")
    problem(response, 405)
    assert response.headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("path", "parameters", "where"),
    [
        ("stories", {"after": "-1"}, "query.after"),
        ("stories", {"after": str(2**70)}, "query.after"),
        ("stories", {"after": "x"}, "query.after"),
        ("stories", {"limit": "0"}, "query.limit"),
        ("stories", {"limit": "201"}, "query.limit"),
        ("stories", {"relevant": "perhaps"}, "query.relevant"),
        ("alerts", {"min_severity": "6"}, "query.min_severity"),
        ("feeds", {"after": "x" * 100}, "query.after"),
        ("feeds", {"after": "\x00"}, "query.after"),
        ("feeds", {"health": "nonsense"}, "query.health"),
        ("deliveries", {"state": "lost"}, "query.state"),
        ("deliveries", {"subscription": "\x00"}, "query.subscription"),
    ],
)
async def test_parameters_out_of_range_are_named(
    api: Serving, path: str, parameters: dict[str, str], where: str
) -> None:
    document = problem(await api.client.get(f"/v1/{path}", params=parameters), 422)
    assert [fault["where"] for fault in document["faults"]] == [where]


async def test_a_cursor_of_another_list_is_refused(api: Serving) -> None:
    problem(await api.client.get("/v1/deliveries", params={"after": "sub-desk"}), 422)


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/hook",
        "https://127.0.0.1/hook",
        "https://10.0.0.1/hook",
        "https://localhost/hook",
        "https://user:pass@receiver.example/hook",
        "https://receiver.example:22/hook",
        "https://receiver.example/#x",
        "ftp://receiver.example/",
        "file:///etc/passwd",
        "https://2130706433/",
        "not an address",
        "https://receiver.example/\x00",
        "https://" + "x" * 3000,
        "",
    ],
)
async def test_addresses_we_would_never_send_to_are_refused_at_once(api: Serving, url: str) -> None:
    problem(await api.client.post("/v1/subscriptions", json={"url": url}), 422)
    assert await api.subscriptions.all() == ()


async def test_feeds_at_inner_addresses_are_refused_at_once(api: Serving) -> None:
    body = {"url": "http://169.254.169.254/latest", "name": "x"}
    problem(await api.client.post("/v1/feeds", json=body), 422)


async def test_a_language_longer_than_a_database_keeps_is_refused(api: Serving) -> None:
    """Else the feed is a fault on PostgreSQL, and each of its stories a dead letter."""
    body = {"url": "https://feeds.example/rss", "name": "x", "language": "x" * 17}
    problem(await api.client.post("/v1/feeds", json=body), 422)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        "text",
        {"url": HOOK, "unknown": 1},
        {"url": HOOK, "filter": {"min_severity": 0}},
        {"url": HOOK, "filter": {"min_severity": 10**30}},
        {"url": HOOK, "filter": {"reasons": ["boredom"]}},
        {"url": HOOK, "filter": {"categories": ["x"] * 101}},
        {"url": HOOK, "filter": {"languages": ["\x00"]}},
        {"url": HOOK, "description": "x" * 201},
        {"url": HOOK, "description": "\x00"},
        {"url": 7},
    ],
)
async def test_bodies_that_are_no_subscription_are_refused(api: Serving, body: object) -> None:
    problem(await api.client.post("/v1/subscriptions", json=body), 422)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"{", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"url": "https://receiver.example/"}', "text/plain"),
        (b'{"url": "https://receiver.example/\\ud800"}', "application/json"),
        (b"", "application/json"),
    ],
    ids=["cut", "not_utf8", "deep", "wrong_type", "half_a_character", "empty"],
)
async def test_malformed_bodies_are_problems_of_the_asker(
    api: Serving, content: bytes, content_type: str
) -> None:
    response = await api.client.post(
        "/v1/subscriptions", content=content, headers={"content-type": content_type}
    )
    assert 400 <= response.status_code < 500
    problem(response, response.status_code)


async def test_a_body_beyond_a_mebibyte_is_refused(api: Serving) -> None:
    large = b'{"url": "' + b"x" * 1_100_000 + b'"}'
    response = await api.client.post("/v1/subscriptions", content=large)
    problem(response, 413)
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_fault_of_ours_is_logged_and_a_500_that_gives_nothing_away(api: Serving) -> None:
    await api.subscriptions.create(subscription())
    async with api.db.write() as connection:
        await connection.execute(sa.text("UPDATE subscriptions SET filter = '7'"))
    with capture_logs() as logs:
        response = await api.client.get("/v1/subscriptions")
    document = problem(response, 500)
    assert "Filter" not in str(document)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert [line["event"] for line in logs] == ["request_failed"]
