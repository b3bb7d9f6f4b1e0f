"""Records that kill their process: who is given up, and who must not be."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from shared.handling import Handler
from shared.ports import OutgoingRecord, StreamRecord
from tests.unit.shared.groups import RESULTS, TOPIC, FlakyStream, MarksInMemory, echo, fill, running, values

NAMES = [f"story {number}" for number in range(20)]


@pytest.fixture
async def stream(tmp_path: Path) -> AsyncIterator[FlakyStream]:
    stream = FlakyStream(tmp_path / "log.db")
    await fill(stream, NAMES)
    yield stream
    await stream.close()


class Died(BaseException):
    """What the death of the process looks like from inside: nothing more is done."""


async def _run_anew_until_settled(stream: FlakyStream, handler: Handler, marks: MarksInMemory) -> int:
    """How often it died."""
    for deaths in range(20):
        with suppress(Died):
            async with running(stream, handler, marks=marks) as group:
                settled = asyncio.create_task(group.settled())
                await asyncio.wait([settled, group.running], return_when=asyncio.FIRST_COMPLETED)
                settled.cancel()
            return deaths
    pytest.fail("it dies again and again")


@pytest.mark.parametrize("deadly", [1, 2])
async def test_a_record_that_kills_costs_no_record_of_the_partitions_beside_it(
    stream: FlakyStream, deadly: int
) -> None:
    firsts = {record.source: record.key async for record in stream.browse(TOPIC) if record.offset == 0}
    killers = {firsts[source] for source in sorted(firsts)[:deadly]}

    async def dying(record: StreamRecord) -> Sequence[OutgoingRecord]:
        if record.key in killers:
            raise Died
        return (echo(record),)

    deaths = await _run_anew_until_settled(stream, dying, MarksInMemory())
    assert {letter.key async for letter in stream.browse(TOPIC + ".dead")} == killers
    assert set(await values(stream, RESULTS)) == set(NAMES) - killers
    assert deaths <= 4 * deadly
