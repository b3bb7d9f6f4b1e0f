"""How servers are asked by the poller on its own, judged from their side, minutes played in seconds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from tests.e2e.ingest.play import Play
from tests.origin.answers import refusal
from tests.origin.newsroom import Entry, Newsroom
from tests.origin.score import crowded, hurried, impatient
from tests.waiting import until

TICK = timedelta(seconds=1)
SPACING = timedelta(seconds=5) - TICK
"""Five seconds from start to start; a request may reach the server a tick after it was sent."""


@asynccontextmanager
async def polling(play: Play) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(play.poller.run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def simulated(play: Play, lasting: timedelta, tick: timedelta = TICK) -> None:
    """Let so much time pass, tick by tick, each once nobody asks anything any more."""
    end = play.now + lasting
    while play.now < end:
        await until(_calm(play), what="an end of the requests of one moment")
        play.desk.now += tick
        # Its rest was measured by a clock that has jumped since: a feed that it does not watch makes it look.
        await play.poller.poll_now("nobody's")


def _calm(play: Play) -> Callable[[], Awaitable[bool]]:
    """Whether nothing was being asked in three looks on end."""
    looks, seen = 0, -1

    async def look() -> bool:
        nonlocal looks, seen
        still = seen == len(play.origin.asked) and not any(play.origin.busy.values())
        looks, seen = looks + 1 if still else 0, len(play.origin.asked)
        return looks > 2

    return look


async def open_newsrooms(play: Play, hosts: list[str]) -> None:
    for host in hosts:
        room, _ = await play.newsroom(host)
        room.publish(Entry(name=host, title=f"Report of {host}", guid=host))


def eager(play: Play) -> None:
    """A poller that looks at the clock all the time."""
    play.restart(replace(play.desk.policy, reload=timedelta(seconds=0.01), jitter=0.1))


def asked_times(play: Play, times: int) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return len(play.origin.asked) >= times

    return check


async def test_a_domain_is_asked_every_five_seconds_and_by_two_at_most(play: Play) -> None:
    """Twenty feeds of one publisher, all due at once, under names of one registrable domain."""
    await open_newsrooms(play, [f"desk-{number}.publisher.example" for number in range(20)])
    eager(play)
    async with polling(play):
        await simulated(play, timedelta(minutes=2))
    assert len(play.origin.asked) >= 15
    assert hurried(play.origin.asked, SPACING) == []
    assert crowded(play.origin.asked, 2) == []


async def test_a_host_with_many_due_feeds_does_not_empty_the_batch_of_the_others(play: Play) -> None:
    """The limit per host must not be applied after the choice of whom to ask next."""
    await open_newsrooms(play, [f"desk-{number}.publisher.example" for number in range(80)])
    await open_newsrooms(play, [f"www.small-{number}.example" for number in range(30)])
    eager(play)
    async with polling(play):
        await simulated(play, timedelta(seconds=30))
    small = {asked.host for asked in play.origin.asked if "small" in asked.host}
    assert len(small) == 30, f"only {len(small)} of 30 small publishers were asked within 30 s"


async def test_a_429_is_for_the_service_not_for_one_of_its_hosts(play: Play) -> None:
    await open_newsrooms(play, [f"blog-{number}.service.example" for number in range(8)])
    play.origin.hosts["blog-0.service.example"] = Newsroom(
        override=lambda *_: refusal(429, Retry_After="600")
    )
    await open_newsrooms(play, ["www.neighbour.example"])
    eager(play)
    async with polling(play):
        await simulated(play, timedelta(minutes=15), tick=timedelta(seconds=10))
    assert "www.neighbour.example" in {asked.host for asked in play.origin.asked}
    assert any(asked.answer.status == 429 for asked in play.origin.asked)
    assert impatient(play.origin.asked) == []


async def test_a_hold_of_a_domain_outlives_a_restart(play: Play) -> None:
    await open_newsrooms(play, ["blog-0.service.example", "blog-1.service.example"])
    for host in tuple(play.origin.hosts):
        play.origin.hosts[host] = Newsroom(override=lambda *_: refusal(503, Retry_After="1800"))
    for _ in range(3):
        eager(play)
        async with polling(play):
            await until(asked_times(play, 1))
            await simulated(play, timedelta(minutes=2), tick=timedelta(seconds=5))
    assert impatient(play.origin.asked) == []
    assert len(play.origin.asked) == 1


async def test_every_request_says_who_asks_and_what_it_can_read(play: Play) -> None:
    await open_newsrooms(play, ["www.sample-desk.example"])
    eager(play)
    async with polling(play):
        await until(asked_times(play, 1))
    headers = play.origin.asked[0].headers
    assert "+mailto:" in headers["user-agent"]
    assert {"gzip", "br", "zstd"} <= {coding.strip() for coding in headers["accept-encoding"].split(",")}
