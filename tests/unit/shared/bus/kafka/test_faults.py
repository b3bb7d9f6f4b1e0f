"""Calls that hang, fail, or swallow their cancellation, and what is said of them."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
from aiokafka.errors import (
    CommitFailedError,
    CoordinatorNotAvailableError,
    IllegalStateError,
    KafkaConnectionError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
)

from shared.bus.kafka.faults import bounded, persistently, quietly
from shared.errors import CommitRefusedError, PactwatchError, RecordTooLargeError, StreamUnavailableError

BRIEFLY = timedelta(milliseconds=20)
LONG = timedelta(seconds=30)


async def hang() -> None:
    await asyncio.get_running_loop().create_future()


async def swallow_cancellation(enough: asyncio.Event) -> None:
    while not enough.is_set():
        with suppress(asyncio.CancelledError):
            await hang()


async def succeed() -> None:
    """Nothing to do."""


async def fail(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (CommitFailedError("rebalanced"), CommitRefusedError),
        (IllegalStateError("not assigned"), CommitRefusedError),
        (MessageSizeTooLargeError("large"), RecordTooLargeError),
        (KafkaConnectionError("gone"), StreamUnavailableError),
        (ConnectionResetError("gone"), StreamUnavailableError),
        (AttributeError("None has no nodeId"), StreamUnavailableError),
        (KeyError("no connection"), StreamUnavailableError),
        (asyncio.CancelledError(), StreamUnavailableError),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
async def test_a_foreign_error_becomes_ours_with_its_cause(
    foreign: BaseException, ours: type[PactwatchError]
) -> None:
    with pytest.raises(ours, match="doing it") as caught:
        await bounded(fail(foreign), LONG, "doing it")
    assert isinstance(caught.value.__cause__, type(foreign))


async def test_a_call_that_hangs_is_unavailable_past_its_limit() -> None:
    with pytest.raises(StreamUnavailableError, match=r"doing it: no answer within 0\.02 s"):
        await bounded(hang(), BRIEFLY, "doing it")


async def test_a_call_that_swallows_its_cancellation_holds_nobody() -> None:
    enough = asyncio.Event()
    async with asyncio.timeout(20):
        assert not await quietly(swallow_cancellation(enough), BRIEFLY, "stop")
    enough.set()
    (left,) = asyncio.all_tasks() - {asyncio.current_task()}
    left.cancel()
    await asyncio.wait({left}, timeout=20)


async def test_cancelling_the_caller_cancels_the_call() -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def call() -> None:
        started.set()
        try:
            await hang()
        finally:
            ended.set()

    caller = asyncio.create_task(bounded(call(), LONG, "doing it"))
    await started.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    async with asyncio.timeout(20):
        await ended.wait()


async def test_a_stop_that_fails_or_is_cancelled_from_inside_is_told_not_raised() -> None:
    assert await quietly(succeed(), LONG, "stop")
    assert not await quietly(fail(KafkaConnectionError("gone")), LONG, "stop")
    assert not await quietly(fail(asyncio.CancelledError()), LONG, "stop")


async def test_what_the_cluster_cannot_say_yet_is_asked_again_and_a_refusal_is_not() -> None:
    answers = [CoordinatorNotAvailableError(), CoordinatorNotAvailableError(), None]

    async def ask() -> str:
        if error := answers.pop(0):
            raise error
        return "answer"

    assert await persistently(ask) == "answer"
    with pytest.raises(TopicAuthorizationFailedError):
        await persistently(lambda: fail(TopicAuthorizationFailedError("topic")))
