"""The sample feeds over loopback HTTP: conditional requests, counts, the demo's clock, start and stop."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession
from multidict import CIMultiDictProxy

from services.demo.archive import SampleOutlet, load_archive
from services.demo.clock import ReplayClock
from services.demo.feeds import FeedServer
from services.demo.rendering import rendered_feed
from shared.errors import SettingsError

ARCHIVE = load_archive()
MIDWAY = datetime(2024, 10, 21, 12, tzinfo=UTC)
THE_END = datetime(2024, 11, 6, tzinfo=UTC)
WIRE = ARCHIVE.outlets[0]


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(MIDWAY)


@pytest.fixture
async def server(clock: ReplayClock) -> AsyncIterator[FeedServer]:
    async with FeedServer(archive=ARCHIVE, clock=clock) as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


async def fetch(
    client: ClientSession,
    server: FeedServer,
    headers: dict[str, str] | None = None,
    *,
    outlet: SampleOutlet = WIRE,
) -> Answer:
    async with client.get(server.url_of(outlet), headers=headers) as response:
        return Answer(response.status, response.headers, await response.read())


async def test_every_feed_is_served_as_of_the_clock(server: FeedServer, client: ClientSession) -> None:
    for outlet in ARCHIVE.outlets:
        answer = await fetch(client, server, outlet=outlet)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == f"application/{outlet.format}+xml; charset=utf-8"
        assert answer.body == rendered_feed(ARCHIVE, outlet, MIDWAY).body


async def test_the_feed_follows_the_clock(
    server: FeedServer, client: ClientSession, clock: ReplayClock
) -> None:
    first = await fetch(client, server)
    clock.now = THE_END
    second = await fetch(client, server, {"If-None-Match": first.headers["ETag"]})
    assert second.status == 200
    assert second.headers["ETag"] != first.headers["ETag"]
    assert second.body.count(b"<item>") > first.body.count(b"<item>")


@pytest.mark.parametrize(
    ("validator", "condition"), [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")]
)
async def test_a_client_that_has_the_feed_gets_304_and_no_body(
    server: FeedServer, client: ClientSession, validator: str, condition: str
) -> None:
    first = await fetch(client, server)
    again = await fetch(client, server, {condition: first.headers[validator]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert not first.headers["ETag"].startswith("W/")


async def test_an_older_date_gets_the_whole_feed(server: FeedServer, client: ClientSession) -> None:
    answer = await fetch(client, server, {"If-Modified-Since": "Tue, 08 Oct 2024 00:00:00 GMT"})
    assert answer.status == 200


@pytest.mark.parametrize("tag", ['"other"', "no quotes"])
async def test_a_foreign_entity_tag_outweighs_a_matching_date(
    server: FeedServer, client: ClientSession, tag: str
) -> None:
    first = await fetch(client, server)
    conditions = {"If-None-Match": tag, "If-Modified-Since": first.headers["Last-Modified"]}
    assert (await fetch(client, server, conditions)).status == 200


async def test_a_correction_alone_changes_both_validators(clock: ReplayClock, client: ClientSession) -> None:
    story = next(story for story in ARCHIVE.stories if any(revision.text for revision in story.revisions))
    outlet = next(outlet for outlet in ARCHIVE.outlets if outlet.id == story.outlet_id)
    clock.now = story.published
    async with FeedServer(archive=ARCHIVE, clock=clock) as server:
        before = await fetch(client, server, outlet=outlet)
        clock.now = story.revisions[0].at
        known = {"If-Modified-Since": before.headers["Last-Modified"]}
        after = await fetch(client, server, known, outlet=outlet)
    assert after.status == 200
    assert after.headers["ETag"] != before.headers["ETag"]


async def test_requests_and_304s_are_counted_per_outlet(server: FeedServer, client: ClientSession) -> None:
    first = await fetch(client, server)
    await fetch(client, server, {"If-None-Match": first.headers["ETag"]})
    assert (server.hits[WIRE.id].requests, server.hits[WIRE.id].not_modified) == (2, 1)
    assert server.hits["sample-obzor"].requests == 0


async def test_the_front_page_lists_every_feed(server: FeedServer, client: ClientSession) -> None:
    async with client.get(server.base_url) as response:
        listed = await response.json()
    assert [each["url"] for each in listed] == [server.url_of(outlet) for outlet in ARCHIVE.outlets]


async def test_an_unknown_feed_is_not_found(server: FeedServer, client: ClientSession) -> None:
    async with client.get(f"{server.base_url}/no-such-outlet/feed") as response:
        assert response.status == 404


async def test_a_stopped_server_frees_its_port_for_the_next(clock: ReplayClock) -> None:
    async with FeedServer(archive=ARCHIVE, clock=clock) as first:
        port = first.port
    async with FeedServer(archive=ARCHIVE, clock=clock, port=port) as second:
        assert second.port == port
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        await writer.wait_closed()


async def test_a_port_in_use_is_a_wrong_setting(server: FeedServer, clock: ReplayClock) -> None:
    with pytest.raises(SettingsError, match=str(server.port)):
        async with FeedServer(archive=ARCHIVE, clock=clock, port=server.port):
            pass
