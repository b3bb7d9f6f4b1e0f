"""What `pactwatch feeds` prints where nobody reads it, or where nobody asked for it."""

import os
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.installation import PROGRAM, ROOT, inherited_environment
from tests.e2e.test_cli import pactwatch
from tests.e2e.test_feeds_cli import opml, sample_feed


@pytest.mark.parametrize(
    "arguments",
    [("parse", "FEED"), ("check", "FEED"), ("export",), ("list",), ("import", "LIST")],
    ids=" ".join,
)
async def test_output_that_nobody_reads_ends_quietly(tmp_path: Path, arguments: Sequence[str]) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(sample_feed("First"))
    many = opml(tmp_path, *(f'xmlUrl="https://sample-{number}.example/feed"' for number in range(1_000)))
    surroundings = {
        **inherited_environment(),
        "PACTWATCH_DATABASE": f"sqlite:///{tmp_path / 'd.db'}",
        "PACTWATCH_STREAM": f"embedded:{tmp_path / 's.db'}",
    }
    assert (await pactwatch("feeds", "import", str(many), environment=surroundings)).code == 0
    read_end, write_end = os.pipe()
    os.close(read_end)
    files = {"FEED": str(feed), "LIST": str(many)}
    process = await create_subprocess_exec(
        *(*PROGRAM, "feeds", *(files.get(word, word) for word in arguments)),
        cwd=ROOT,
        env=surroundings,
        stdout=write_end,
        stderr=PIPE,
    )
    os.close(write_end)
    _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")


@pytest.mark.parametrize("arguments", [("list",), ("export",), ("import", "LIST")], ids=" ".join)
async def test_the_first_command_on_a_new_database_logs_nothing(
    tmp_path: Path, arguments: Sequence[str]
) -> None:
    file = opml(tmp_path, 'xmlUrl="https://one.example/f"')
    result = await pactwatch(
        *("feeds", *(str(file) if word == "LIST" else word for word in arguments)),
        PACTWATCH_DATABASE=f"sqlite:///{tmp_path / 'd.db'}",
        PACTWATCH_STREAM=f"embedded:{tmp_path / 's.db'}",
    )
    assert result.code == 0
    assert not [line for line in result.errors if line.startswith("{")]
