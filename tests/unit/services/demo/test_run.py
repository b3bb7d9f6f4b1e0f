"""The demo, told to stop."""

import asyncio

import pytest

from services.demo.replay import Moment
from services.demo.run import run_demo, staged
from shared.errors import TransientError

DEADLINE = 60


@pytest.mark.timeout(90)
async def test_a_replay_told_to_stop_does_not_go_on_to_its_end() -> None:
    stop, moments = asyncio.Event(), list[Moment]()

    def moved(moment: Moment) -> None:
        moments.append(moment)
        stop.set()

    async with staged({}) as stage:
        with pytest.raises(TransientError, match="stopped before its end"):
            await asyncio.wait_for(run_demo(stage, progress=moved, serve=None, stop=stop), DEADLINE)
    assert len(moments) <= 2
