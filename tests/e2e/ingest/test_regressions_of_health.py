"""Feeds that die or only rest, and readers that cannot tell or do not say: each mistake as a test."""

from datetime import timedelta

from tests.e2e.ingest.days import DAY, HOUR, always, report, reports
from tests.e2e.ingest.play import Play
from tests.origin.answers import refusal


async def test_an_outage_of_ours_marks_no_feed_broken(play: Play) -> None:
    feeds, rooms = [], []
    for number in range(12):
        room, feed = await play.newsroom(f"desk-{number}.example", interval=HOUR / 2)
        room.publish(report(number))
        rooms.append(room)
        feeds.append(feed)
    await play.on_time(*feeds, lasting=timedelta(hours=1))
    play.origin.hang_up()
    await play.on_time(*feeds, lasting=timedelta(minutes=40))
    assert play.events == []
    states = [await play.state(feed) for feed in feeds]
    assert max(state.failures for state in states) <= 2, "the counters did not freeze"
    outage = await play.states.outage()
    assert outage is not None
    await play.origin.listen()
    for number, room in enumerate(rooms):
        room.publish(report(100 + number))
    await play.on_time(*feeds, lasting=timedelta(hours=2))
    assert await play.states.outage() is None
    assert len(play.stories) == 24
    assert play.events == []


async def test_a_few_dead_hosts_are_no_outage_of_ours(play: Play) -> None:
    feeds = []
    for number in range(12):
        room, feed = await play.newsroom(f"desk-{number}.example", interval=HOUR / 2)
        room.publish(report(number))
        feeds.append(feed)
        if number < 3:
            room.override = always(refusal(500))
    await play.on_time(*feeds, lasting=timedelta(hours=8))
    assert {event.feed_id for event in play.events} == {feed.id for feed in feeds[:3]}
    assert {event.kind for event in play.events} == {"unhealthy"}
    assert await play.states.outage() is None


async def test_a_feed_that_falls_silent_is_told_once_and_its_return_once(play: Play) -> None:
    """It answers all the while, only nothing new comes, where a report came every two hours before."""
    room, feed = await play.newsroom(script=reports(108, every=2 * HOUR), interval=2 * HOUR)
    await play.on_time(feed, lasting=9 * DAY)
    assert play.events == []
    await play.on_time(feed, lasting=3 * DAY)
    (event,) = play.events
    assert (event.kind, event.health, event.feed_id) == ("unhealthy", "silent", feed.id)
    assert event.reason
    await play.on_time(feed, lasting=3 * DAY)
    assert len(play.events) == 1, "told again"
    room.publish(report(9_999))
    await play.on_time(feed, lasting=timedelta(hours=9))
    assert [event.kind for event in play.events] == ["unhealthy", "recovered"]


async def test_quiet_is_not_blind(play: Play) -> None:
    """Both have nothing new for two days; one was read all the while, the other not."""
    quiet_room, quiet = await play.newsroom("quiet.example", interval=HOUR)
    blind_room, blind = await play.newsroom("blind.example", interval=HOUR)
    for room in (quiet_room, blind_room):
        room.publish(report(0))
    await play.on_time(quiet, blind, lasting=timedelta(hours=1))
    blind_room.override = always(refusal(500))
    await play.on_time(quiet, blind, lasting=2 * DAY)
    states = {feed.name: await play.state(feed) for feed in (quiet, blind)}
    healths = {name: state.health.state if state.health else None for name, state in states.items()}
    assert healths["quiet.example"] == "healthy"
    assert healths["blind.example"] in {"failing", "stale"}
    assert {event.feed_id for event in play.events} == {blind.id}
