"""What hubs send to our callback, and what becomes of it."""

import gzip
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.api.websub.callback import MAX_PUSH_BYTES
from shared.db import Database
from shared.store.feeds import FeedStore
from tests.contract.api.hub import Hub, running_hub
from tests.contract.api.hubbing import FEED, TOPIC, Desk, hubbing
from tests.contract.api.serving import Serving

BODY = "<rss><channel><title>Sample Wire – новости</title></channel></rss>".encode()


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture
async def desk(database: Database, hub: Hub) -> AsyncIterator[Desk]:
    """Subscribed at the hub."""
    async with hubbing(database, hub) as desk:
        await desk.tell(hub.url)
        await desk.turn()
        yield desk


def pushes(desk: Desk, outcome: str) -> float:
    return desk.metrics.registry.get_sample_value("pactwatch_hub_pushes_total", {"outcome": outcome}) or 0


@pytest.mark.parametrize("method", ["sha256", "sha384", "sha512"])
async def test_a_signed_document_goes_to_ingest_as_it_came(desk: Desk, hub: Hub, method: str) -> None:
    assert await hub.distribute(TOPIC, BODY, method=method) == [202]
    (push,) = desk.outlet.pushes
    assert (push.feed_id, push.topic, push.body) == (FEED.id, TOPIC, BODY)
    assert (push.content_type, push.at) == ("application/rss+xml", desk.now)
    assert desk.outlet.records[0].key == FEED.id
    assert (await desk.subscription()).last_push_at == desk.now


@pytest.mark.parametrize(
    ("signed", "signature", "method"),
    [
        pytest.param(False, None, "sha256", id="not signed"),
        pytest.param(True, "sha256=" + "0" * 64, "sha256", id="signed with another secret"),
        pytest.param(True, None, "sha1", id="too weak without encryption"),
    ],
)
async def test_what_is_not_signed_as_agreed_is_accepted_and_ignored(
    desk: Desk, hub: Hub, signed: bool, signature: str | None, method: str
) -> None:
    assert await hub.distribute(TOPIC, BODY, signed=signed, signature=signature, method=method) == [202]
    assert desk.outlet.records == []
    assert pushes(desk, "not_signed") == 1


async def test_a_signature_of_one_document_does_not_carry_another(desk: Desk, hub: Hub) -> None:
    (subscriber,) = hub.subscribers.values()
    good = "sha256=" + hmac.new(subscriber.secret.encode(), BODY, "sha256").hexdigest()
    await hub.distribute(TOPIC, BODY + b" ", signature=good)
    assert desk.outlet.records == []


async def test_a_document_too_large_for_a_record_means_poll_now(desk: Desk, hub: Hub) -> None:
    assert await hub.distribute(TOPIC, b"x" * 900_000) == [202]
    (push,) = desk.outlet.pushes
    assert push.body is None
    assert pushes(desk, "poll_instead") == 1


async def test_a_compressed_document_means_poll_now(desk: Desk, hub: Hub) -> None:
    headers = {"content-encoding": "gzip"}
    assert await hub.distribute(TOPIC, gzip.compress(BODY), headers=headers) == [202]
    assert [push.body for push in desk.outlet.pushes] == [None]


async def test_a_document_larger_than_any_feed_is_refused(desk: Desk, hub: Hub) -> None:
    assert await hub.distribute(TOPIC, b"x" * (MAX_PUSH_BYTES + 1)) == [413]
    assert desk.outlet.records == []


async def test_while_the_stream_is_gone_the_hub_is_asked_to_send_again(desk: Desk, hub: Hub) -> None:
    desk.outlet.works = False
    assert await hub.distribute(TOPIC, BODY) == [503]
    desk.outlet.works = True
    assert await hub.distribute(TOPIC, BODY) == [202]
    assert len(desk.outlet.records) == 1


async def test_a_push_after_we_left_tells_the_hub_that_it_is_gone(
    desk: Desk, hub: Hub, database: Database
) -> None:
    hub.verifies = False
    await FeedStore(database).remove(FEED.id)
    await desk.turn()
    assert await hub.distribute(TOPIC, BODY) == [410]
    assert desk.outlet.records == []


async def test_a_push_after_the_lease_was_not_renewed_is_still_taken(desk: Desk, hub: Hub) -> None:
    hub.status = 503
    for _ in range(4):
        desk.now += timedelta(days=4)
        await desk.turn()
    assert (await desk.subscription()).state == "expired"
    assert await hub.distribute(TOPIC, BODY) == [202]
    assert len(desk.outlet.records) == 1


@pytest.mark.parametrize("token", ["unknown", "x" * 65, "%00", "%C3%BC", ".."])
async def test_an_unknown_callback_is_not_found(desk: Desk, token: str) -> None:
    client = desk.served.client
    question = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "x", "hub.lease_seconds": "60"}
    assert (await client.get(f"/websub/{token}", params=question)).status_code == 404
    assert (await client.post(f"/websub/{token}", content=BODY)).status_code == 404
    assert desk.outlet.records == []


async def test_where_hubs_are_not_asked_nobody_may_push(api: Serving) -> None:
    assert (await api.client.get("/websub/anything")).status_code == 404
    assert (await api.client.post("/websub/anything", content=BODY)).status_code == 404


async def test_other_routes_keep_their_bound_on_bodies(desk: Desk) -> None:
    answer = await desk.served.client.post("/v1/subscriptions", content=b"x" * 2_000_000)
    assert answer.status_code == 413
