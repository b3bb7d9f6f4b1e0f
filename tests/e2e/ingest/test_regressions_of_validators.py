"""Mistakes other readers make with "has it changed?", each as a test with its name."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from tests.e2e.ingest.play import Play
from tests.origin.answers import Answer, Manner, cut_short, long_measured, reset, short_measured
from tests.origin.newsroom import Entry
from tests.origin.score import unconditional


async def test_a_stale_validator_is_not_kept_after_an_unchanged_200(play: Play) -> None:
    room, feed = await play.newsroom(etags="fresh")
    room.publish(Entry(name="one", title="A ship leaves port", guid="1"))
    for _ in range(4):
        await play.poll(feed)
        play.pass_time(minutes=10)
    assert unconditional(play.origin.asked) == []
    assert [asked.headers.get("if-none-match") for asked in play.origin.asked] == [
        *(None, '"answer-1"', '"answer-2"', '"answer-3"'),
    ]


async def test_validators_are_not_stored_before_the_stories_are_published(play: Play) -> None:
    room, feed = await play.newsroom()
    room.publish(Entry(name="one", title="A ship leaves port", guid="1"))
    play.desk.publisher.down = True
    polling = asyncio.create_task(play.poll(feed))
    await asyncio.wait_for(play.desk.publisher.refused.wait(), 20)
    polling.cancel()
    with suppress(asyncio.CancelledError):
        await polling
    play.desk.publisher.down = False
    play.restart()
    await play.poll(feed)
    assert not play.origin.asked[-1].conditional
    assert [story.title for story in play.stories] == ["A ship leaves port"]


async def test_a_lying_etag_is_found_out(play: Play) -> None:
    """The server says "not modified" for ever: an unconditional poll in fifty sees what it hides."""
    room, feed = await play.newsroom(etags="lying")
    room.publish(Entry(name="one", title="A ship leaves port", guid="1"))
    await play.poll(feed)
    room.publish(Entry(name="two", title="A ship arrives", guid="2"))
    polls = 1
    while len(play.stories) < 2:
        play.pass_time(minutes=10)
        await play.poll(feed)
        polls += 1
        assert polls <= 70, "never asked without its validators"
    room.publish(Entry(name="three", title="A ship turns round", guid="3"))
    play.pass_time(minutes=10)
    await play.poll(feed)
    assert play.stories[-1].title == "A ship turns round", "believed again as soon as it was found out"


async def test_a_server_that_keeps_its_validators_honest_is_asked_with_them(play: Play) -> None:
    room, feed = await play.newsroom()
    room.publish(Entry(name="one", title="A ship leaves port", guid="1"))
    await play.on_time(feed, lasting=timedelta(days=2))
    asked = play.origin.asked
    assert len(asked) > 40
    assert len(unconditional(asked)) <= len(asked) / 20
    assert {request.answer.status for request in asked[1:] if request.conditional} == {304}


@pytest.mark.parametrize(
    ("manner", "outcomes"),
    [
        pytest.param(cut_short, {"partial"}, id="cut_short"),
        pytest.param(short_measured, {"partial", "unreachable"}, id="short_measured"),
        pytest.param(reset, {"partial", "unreachable"}, id="reset"),
    ],
)
async def test_half_a_body_leaves_no_validators_and_loses_no_entry(
    play: Play, manner: Manner, outcomes: set[str]
) -> None:
    room, feed = await play.newsroom()
    names = [f"story-{number}" for number in range(40)]
    room.publish(*(Entry(name=name, title=f"Report {name}", guid=name) for name in names))
    room.override = lambda *_: Answer(body=room.document(), headers={"ETag": '"half"'}, manner=manner)
    assert (await play.poll(feed)).outcome in outcomes
    assert (await play.state(feed)).validators.etag is None
    room.override = None
    await play.poll(feed)
    assert not play.origin.asked[-1].conditional
    assert sorted({story.title for story in play.stories}) == sorted(f"Report {name}" for name in names)
    assert {story.revision for story in play.stories} == {1}


async def test_a_whole_document_under_too_great_a_length_is_read_and_not_taken_for_known(play: Play) -> None:
    room, feed = await play.newsroom()
    room.publish(Entry(name="one", title="A ship leaves port", guid="1"))
    room.override = lambda *_: Answer(body=room.document(), headers={"ETag": '"whole"'}, manner=long_measured)
    assert (await play.poll(feed)).outcome == "new_entries"
    assert (await play.state(feed)).validators.etag is None
    assert [story.title for story in play.stories] == ["A ship leaves port"]


async def test_half_a_document_is_partial_and_asked_for_again_soon(play: Play) -> None:
    room, feed = await play.newsroom()
    names = [f"story-{number}" for number in range(40)]
    room.publish(*(Entry(name=name, title=f"Report {name}", guid=name) for name in names))
    document = room.document()
    room.override = lambda *_: Answer(body=document[: len(document) // 2], headers={"ETag": '"half"'})
    poll = await play.poll(feed)
    state = await play.state(feed)
    assert (poll.outcome, state.validators.etag, state.validators.body_hash) == ("partial", None, None)
    assert state.next_poll_at - play.now <= timedelta(minutes=5)
    assert 0 < len(play.stories) < 40
    room.override = None
    await play.poll(feed)
    assert {story.title for story in play.stories} == {f"Report {name}" for name in names}
    assert len({story.id for story in play.stories}) == 40, "the entry that was cut became another story"
