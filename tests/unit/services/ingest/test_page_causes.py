"""What kind of web page came instead of a feed, from the worker that read it to what is told of the feed."""

import pytest

from tests.unit.services.ingest.desk import Desk

ROBOTS = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body/></html>"
LOGIN = "<!DOCTYPE html><html><body><form><input type='password'></form></body></html>"
PLAIN = "<!DOCTYPE html><html><body>We have moved house.</body></html>"


@pytest.mark.parametrize(
    ("page", "cause", "health"),
    [
        (ROBOTS, "robot_check", "blocked"),
        (LOGIN, "login_page", "blocked"),
        (PLAIN, "web_page", "failing"),
    ],
    ids=["robots", "login", "plain"],
)
async def test_the_kind_of_page_is_remembered_over_a_restart_and_decides_how_the_feed_is(
    desk: Desk, page: str, cause: str, health: str
) -> None:
    desk.origin.serve("/feed", page)
    feed = await desk.watch("/feed")
    for _ in range(3):
        await desk.poller().poll_once(feed)  # each reads what it knows from the database, as after a restart
        assert (await desk.state(feed)).last_cause == cause
    state = await desk.state(feed)
    assert state.health is not None
    assert state.health.state == health


async def test_the_cause_of_an_earlier_failure_is_forgotten_with_the_next_answer(desk: Desk) -> None:
    feed = await desk.watch("/feed")
    desk.origin.serve("/feed", ROBOTS)
    await desk.poller().poll_once(feed)
    desk.origin.serve("/feed", "", status=404)
    await desk.poller().poll_once(feed)
    assert (await desk.state(feed)).last_cause == "not_found"
