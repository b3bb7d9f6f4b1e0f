"""What must be true once everything has settled, whatever was killed on the way."""

import asyncio
import json
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from typing import Any, NamedTuple

import aiohttp

from services.demo.receiver import Receiver
from shared.errors import FetchError
from tests.chaos.load import Load
from tests.e2e.installation import PROGRAM, ROOT, Installation
from tests.waiting import rest

FINAL = {"off_topic", "notified", "held", "suppressed"}
LOOK_EVERY = 0.5
STALL_SECONDS = 120


class Arrived(NamedTuple):
    """How far things are: stories with a final state, alerts decided, alerts received."""

    stories: int
    alerts: int
    received: int

    def complete(self, stories: int) -> bool:
        return self.stories >= stories and self.received >= self.alerts


async def settled(installation: Installation, receiver: Receiver, load: Load, *, seconds: float) -> None:
    """Wait until every story has its row and every alert its delivery; AssertionError when that takes longer
    than `seconds`, or once nothing has moved for STALL_SECONDS, which tells stuck from slow."""
    loop = asyncio.get_running_loop()
    before, moved_at, deadline = Arrived(0, 0, 0), loop.time(), loop.time() + seconds
    while not before.complete(len(load.guids)):
        now = await _arrived(installation, receiver)
        if now is not None and now != before:
            before, moved_at = now, loop.time()
        of = f"{before}, of {len(load.guids)} stories"
        assert loop.time() - moved_at < STALL_SECONDS, f"nothing moves at {of}\n{installation.tail(60)}"
        assert loop.time() < deadline, f"not there after {seconds:g} s: {of}\n{installation.tail(60)}"
        await rest(LOOK_EVERY)


async def _arrived(installation: Installation, receiver: Receiver) -> Arrived | None:
    """None while the API does not answer."""
    with suppress(aiohttp.ClientError, TimeoutError, FetchError):
        states = (await installation.get("/v1/ledger"))["states"]
        rows = sum(states.get(state, 0) for state in FINAL)
        return Arrived(rows, states.get("notified", 0), len(receiver.received.alerts))
    return None


async def check_accounts(installation: Installation, receiver: Receiver, load: Load) -> Counter[str]:
    """Raise AssertionError for anything lost, doubled or unexplained; returns the stories by final state."""
    stories = await installation.all("/v1/stories")
    assert Counter(story["url"].rpartition("/")[2] for story in stories) == Counter(load.guids)
    assert {story["revision"] for story in stories} == {1}, "an unchanged entry became a revision"
    states = Counter(story["state"] for story in stories)
    assert set(states) <= FINAL
    alerts = await installation.all("/v1/alerts")
    _check_told(stories, alerts, receiver)
    assert await dead_letters(installation) == []
    return states


def _check_told(stories: Collection[Any], alerts: Collection[Any], receiver: Receiver) -> None:
    told = {alert["id"]: alert for alert in alerts}
    assert len(told) == len(alerts)
    notified = {story["id"] for story in stories if story["state"] == "notified"}
    assert {alert["stories"][0]["id"] for alert in alerts} == notified
    by_event: dict[str, list[int]] = {}
    for alert in alerts:
        by_event.setdefault(alert["event_id"], []).append(alert["sequence"])
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in by_event.values())
    received = Counter(message["data"]["id"] for message in receiver.received.alerts.values())
    lost, doubled = set(told) - set(received), [alert for alert, times in received.items() if times > 1]
    assert not lost, f"{len(lost)} of {len(told)} alerts never arrived: {lost}"
    assert not doubled, f"came under two webhook ids: {doubled}"
    assert set(received) == set(told), "an alert arrived that the API does not know"
    assert receiver.received.requests == receiver.received.verified


async def dead_letters(installation: Installation) -> list[Any]:
    """What `pactwatch dead list` shows."""
    process = await create_subprocess_exec(
        *PROGRAM, "dead", "list", env=dict(installation.environment), cwd=ROOT, stdout=PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return [json.loads(line) for line in output.splitlines()]
