"""Our own network, as the poller sees it: nobody listens on the addresses of a dozen feeds any more."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from services.ingest.network import Network
from services.ingest.poller import Poller
from shared.metrics import Metrics
from shared.model.feed import FeedState, Outage, Validators
from tests.unit.services.ingest.desk import NOW, Desk


def well(feed_id: str) -> FeedState:
    return FeedState(feed_id=feed_id, validators=Validators(), next_poll_at=NOW, last_outcome="not_modified")


async def test_an_outage_is_stored_told_and_blamed_on_no_feed() -> None:
    saved: list[Outage] = []

    async def save(outage: Outage) -> None:
        saved.append(outage)

    metrics = Metrics()
    network = Network(save=save, metrics=metrics, now=NOW)
    states = {f"f{number}": well(f"f{number}") for number in range(10)}
    concerned: frozenset[str] = frozenset()
    for second, (name, state) in enumerate(states.items()):
        now = NOW + timedelta(seconds=second)
        concerned |= await network.told(state, f"{name}.example", "unreachable", now)
    assert [outage.ended_at for outage in saved] == [None]
    assert {"f0", "f1", "f2", "f3", "f4"} <= concerned
    assert metrics.registry.get_sample_value("pactwatch_outage") == 1
    later = NOW + timedelta(minutes=10)
    soon: frozenset[str] = frozenset()
    for second, (name, state) in enumerate(states.items()):
        now = later + timedelta(seconds=second)
        soon |= await network.told(state, f"{name}.example", "not_modified", now)
    assert network.outage is None
    assert soon == frozenset(states)
    assert [outage.ended_at is None for outage in saved] == [True, False]
    assert network.seeing_since >= later
    assert metrics.registry.get_sample_value("pactwatch_outage") == 0


async def test_an_outage_that_had_not_ended_is_gone_on_with_and_readiness_says_so(desk: Desk) -> None:
    begun = Outage(began_at=NOW - timedelta(hours=1), ended_at=None, reason="our own network: 9 of 9")
    await desk.states.save_outage(begun)
    desk.origin.serve("/feed", "", status=404)
    feed = await desk.watch("/feed")
    poller: Poller = desk.poller()
    await poller.poll_once(feed)
    assert poller.waiting_for == "our own network: 9 of 9"
    unreachable = replace(feed, id="dead", url=f"http://127.0.0.1:{desk.origin.port}/dead")
    await asyncio.wait_for(desk.origin.__aexit__(None, None, None), 20)
    await poller.poll_once(unreachable)
    state = (await desk.states.states(["dead"]))["dead"]
    assert (state.last_outcome, state.failures, state.polls) == ("unreachable", 0, 1)
