"""What one consumer group does with good records, bad ones, and servers that go away."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from shared.dead_letter import DeadLetterBudget, redriven
from shared.errors import DatabaseUnavailableError, DecodeError
from shared.messages import MAX_VALUE_BYTES
from shared.patience import Patience
from shared.ports import OutgoingRecord, StreamRecord, TopicPartition
from tests.unit.shared.groups import (
    GROUP,
    RESULTS,
    TOPIC,
    FlakyStream,
    MarksInMemory,
    echo,
    fill,
    publish,
    running,
    values,
)
from tests.waiting import until

NAMES = [f"story {number}" for number in range(20)]
DEAD = TOPIC + ".dead"


@pytest.fixture
async def stream(tmp_path: Path) -> AsyncIterator[FlakyStream]:
    stream = FlakyStream(tmp_path / "log.db")
    await fill(stream, NAMES)
    yield stream
    await stream.close()


async def echoing(record: StreamRecord) -> Sequence[OutgoingRecord]:
    return (echo(record),)


async def test_every_record_is_handled_once_and_its_result_published(stream: FlakyStream) -> None:
    async with running(stream, echoing) as group:
        await group.settled()
    assert sorted(await values(stream, RESULTS)) == sorted(NAMES)


async def test_a_record_whose_handler_raises_is_tried_three_times_and_costs_only_itself(
    stream: FlakyStream,
) -> None:
    tries = 0

    async def poisoned(record: StreamRecord) -> Sequence[OutgoingRecord]:
        nonlocal tries
        if record.key == NAMES[7]:
            tries += 1
            raise KeyError("poison")
        return (echo(record),)

    async with running(stream, poisoned) as group:
        await group.settled()
    assert sorted(await values(stream, RESULTS)) == sorted(set(NAMES) - {NAMES[7]})
    assert tries == 3
    (letter,) = [record async for record in stream.browse(DEAD)]
    assert letter.value == NAMES[7].encode()
    assert letter.header("kind") == b"test"
    assert letter.header("dead_topic") == TOPIC.encode()
    assert letter.header("dead_error") == b"KeyError"
    assert letter.header("dead_attempts") == b"3"
    assert letter.header("dead_group") == GROUP.encode()


async def test_a_record_that_does_not_decode_is_not_tried_again(stream: FlakyStream) -> None:
    tries = 0

    async def undecodable(record: StreamRecord) -> Sequence[OutgoingRecord]:
        nonlocal tries
        tries += 1
        raise DecodeError(record.key)

    async with running(stream, undecodable) as group:
        await group.settled()
    assert tries == len(NAMES)
    assert len(await values(stream, DEAD)) == len(NAMES)


async def test_a_handler_that_hangs_is_given_up_at_its_deadline(stream: FlakyStream) -> None:
    async def hanging(record: StreamRecord) -> Sequence[OutgoingRecord]:
        if record.key == NAMES[3]:
            await asyncio.Event().wait()
        return (echo(record),)

    async with running(stream, hanging, deadline=timedelta(milliseconds=20)) as group:
        await group.settled()
    (letter,) = [record async for record in stream.browse(DEAD)]
    assert letter.header("dead_error") == b"TimeoutError"


async def test_a_result_too_large_for_the_stream_makes_its_record_a_dead_letter(stream: FlakyStream) -> None:
    async def swelling(record: StreamRecord) -> Sequence[OutgoingRecord]:
        size = MAX_VALUE_BYTES + 1 if record.key == NAMES[0] else 1
        return (OutgoingRecord(topic=RESULTS, key=record.key, value=b"x" * size),)

    async with running(stream, swelling) as group:
        await group.settled()
    assert await values(stream, DEAD) == [NAMES[0]]


async def test_a_database_that_is_gone_is_waited_for_and_nobody_is_blamed(stream: FlakyStream) -> None:
    back = asyncio.Event()

    async def without_database(record: StreamRecord) -> Sequence[OutgoingRecord]:
        if not back.is_set():
            raise DatabaseUnavailableError("the test says so")
        return (echo(record),)

    async with running(stream, without_database) as group:

        async def waits() -> bool:
            return group.patience.waiting_for is not None

        await until(waits, what="the wait")
        assert "the test says so" in (group.patience.waiting_for or "")
        assert b'pactwatch_waiting{group="workers"} 1.0' in group.metrics.render()
        back.set()
        await group.settled()
        assert group.patience.waiting_for is None
    assert sorted(await values(stream, RESULTS)) == sorted(NAMES)
    assert await values(stream, DEAD) == []


async def test_offsets_move_only_after_the_results_are_on_the_stream(stream: FlakyStream) -> None:
    stream.failures = 10**9
    async with running(stream, echoing) as group:

        async def waits() -> bool:
            return group.patience.waiting_for is not None

        await until(waits, what="the wait")
    lag = await stream.lag(group=GROUP, topics=[TOPIC])
    assert sum(lag.values()) == len(NAMES)
    stream.failures = 3
    async with running(stream, echoing) as group:
        await group.settled()
    assert sorted(await values(stream, RESULTS)) == sorted(NAMES)


async def test_stopping_while_a_server_is_gone_leaves_no_mark_of_a_death(stream: FlakyStream) -> None:
    marks = MarksInMemory()

    async def without_database(_record: StreamRecord) -> Sequence[OutgoingRecord]:
        raise DatabaseUnavailableError("the test says so")

    for _ in range(5):
        async with running(stream, without_database, marks=marks) as group:

            async def waits(patience: Patience = group.patience) -> bool:
                return patience.waiting_for is not None

            await until(waits, what="the wait")
    assert marks.marks == {}
    async with running(stream, echoing, marks=marks) as group:
        await group.settled()
    assert await values(stream, DEAD) == []


async def test_a_record_begun_and_never_finished_three_times_is_buried_unhandled(stream: FlakyStream) -> None:
    marks = MarksInMemory()
    first = {record.source: record async for record in stream.browse(TOPIC) if record.offset == 0}
    killer_source = min(first)
    marks.marks[TopicPartition(*killer_source)] = (0, 3)
    handled: list[str] = []

    async def noting(record: StreamRecord) -> Sequence[OutgoingRecord]:
        handled.append(record.key)
        return (echo(record),)

    async with running(stream, noting, marks=marks) as group:
        await group.settled()
    killer = first[killer_source].key
    assert sorted(handled) == sorted(set(NAMES) - {killer})
    (letter,) = [record async for record in stream.browse(DEAD)]
    assert letter.key == killer
    assert letter.header("dead_error") == b"ProcessKilledError"


async def test_order_is_kept_inside_a_partition(stream: FlakyStream) -> None:
    seen: dict[int, list[int]] = {}

    async def noting(record: StreamRecord) -> Sequence[OutgoingRecord]:
        seen.setdefault(record.partition, []).append(record.offset)
        return ()

    async with running(stream, noting) as group:
        await group.settled()
    assert all(offsets == list(range(len(offsets))) for offsets in seen.values())
    assert sum(map(len, seen.values())) == len(NAMES)


async def test_too_many_dead_letters_hold_the_group_instead_of_draining_the_topic(
    stream: FlakyStream,
) -> None:
    async def refusing(record: StreamRecord) -> Sequence[OutgoingRecord]:
        raise DecodeError(record.key)

    async with running(stream, refusing, budget=DeadLetterBudget(limit=5)) as group:

        async def waits() -> bool:
            return group.patience.waiting_for == "too many dead letters"

        await until(waits, what="the hold")
        lag = await stream.lag(group=GROUP, topics=[TOPIC])
    assert sum(lag.values()) > 0


async def test_a_redriven_dead_letter_is_the_record_it_was(stream: FlakyStream) -> None:
    refused = {NAMES[2]}

    async def refusing(record: StreamRecord) -> Sequence[OutgoingRecord]:
        if record.key in refused:
            raise DecodeError(record.key)
        return (echo(record),)

    async with running(stream, refusing) as group:
        await group.settled()
        (letter,) = [record async for record in stream.browse(DEAD)]
        again = redriven(letter)
        assert again is not None
        assert (again.topic, again.key, again.value) == (TOPIC, NAMES[2], NAMES[2].encode())
        assert again.headers == (("kind", b"test"),)
        refused.clear()
        await publish(stream, [again.key])
        await group.settled()
    assert sorted(await values(stream, RESULTS)) == sorted(NAMES)
