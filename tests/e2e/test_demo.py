"""`pactwatch demo --json`, on both engines."""

import json
from asyncio.subprocess import PIPE, create_subprocess_exec
from typing import Any

import pytest

from tests.e2e.conftest import Engines
from tests.e2e.installation import PROGRAM, ROOT, inherited_environment

KEYS = ["stories", "relevant", "events", "alerts", "deliveries", "verified", "seconds"]


async def _demo(**environment: str) -> tuple[dict[str, Any], list[str]]:
    process = await create_subprocess_exec(
        *PROGRAM,
        *("demo", "--json"),
        stdout=PIPE,
        stderr=PIPE,
        cwd=ROOT,
        env={**inherited_environment(), **environment},
    )
    output, shown = await process.communicate()
    assert process.returncode == 0, shown.decode()[-3000:]
    return json.loads(output.decode().splitlines()[-1]), shown.decode().splitlines()


def _told(shown: list[str]) -> list[str]:
    """The alerts as shown, without the bar and the seconds."""
    start = next(number for number, line in enumerate(shown) if "What was alerted" in line)
    end = next(number for number, line in enumerate(shown) if line.startswith("└"))
    return shown[start:end]


@pytest.mark.timeout(300)
async def test_the_demo_tells_the_same_alerts_on_both_engines(distributed: Engines) -> None:
    embedded, shown = await _demo()
    assert list(embedded) == KEYS
    assert embedded["verified"] == embedded["deliveries"] == embedded["alerts"] > 0
    assert embedded["stories"] == 67
    on_kafka, shown_on_kafka = await _demo(
        PACTWATCH_STREAM=distributed.stream, PACTWATCH_DATABASE=distributed.database
    )
    assert {**on_kafka, "seconds": 0} == {**embedded, "seconds": 0}
    assert _told(shown_on_kafka) == _told(shown)
