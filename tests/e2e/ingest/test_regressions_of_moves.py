"""Feeds that move, and readers that never follow or follow too soon: each mistake as a test."""

from datetime import timedelta

import pytest

from shared.model.feed import Feed
from tests.e2e.ingest.days import DAY, HOUR, always, report
from tests.e2e.ingest.play import Play
from tests.origin.answers import redirect
from tests.origin.newsroom import Newsroom
from tests.origin.server import Asked


async def moved(play: Play, status: int) -> tuple[Newsroom, Feed]:
    """A feed read once, whose host now redirects to another, where the same newsroom sits."""
    room, feed = await play.newsroom("old.example", interval=HOUR)
    room.publish(*(report(number) for number in range(6)))
    await play.poll(feed)
    redirecting = Newsroom(override=always(redirect(status, play.origin.url("new.example"))))
    play.origin.hosts["old.example"] = redirecting
    play.origin.hosts["new.example"] = room
    return room, feed


def asked_old(asked: list[Asked]) -> int:
    return sum(request.host == "old.example" for request in asked)


@pytest.mark.parametrize("status", [301, 308])
async def test_a_permanent_move_is_adopted_after_a_day_of_agreeing_answers(play: Play, status: int) -> None:
    room, feed = await moved(play, status)
    await play.on_time(feed, lasting=timedelta(hours=20))
    assert (await play.state(feed)).address is None, "adopted before a day had passed"
    await play.on_time(feed, lasting=timedelta(hours=16))
    assert (await play.state(feed)).address == play.origin.url("new.example")
    del play.origin.asked[:]
    room.publish(report(7))
    await play.on_time(feed, lasting=timedelta(hours=5))
    assert asked_old(play.origin.asked) == 0
    assert len(play.stories) == 7, "the move made old entries news"
    health = (await play.state(feed)).health
    assert health is not None
    assert health.state == "moved"


@pytest.mark.parametrize("status", [302, 307])
async def test_a_temporary_redirect_is_followed_and_never_adopted(play: Play, status: int) -> None:
    room, feed = await moved(play, status)
    room.publish(report(7))
    await play.on_time(feed, lasting=3 * DAY)
    assert (await play.state(feed)).address is None
    assert len(play.stories) == 7


async def test_a_permanent_redirect_to_other_entries_is_not_adopted(play: Play) -> None:
    """A parked domain redirects everything to its own feed."""
    _, feed = await moved(play, 301)
    stranger = Newsroom()
    stranger.publish(*(report(number) for number in range(900, 906)))
    play.origin.hosts["new.example"] = stranger
    await play.on_time(feed, lasting=3 * DAY)
    assert (await play.state(feed)).address is None
