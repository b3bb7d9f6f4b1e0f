"""The command line as a person or a script uses it: formats, bad input, exit statuses."""

import json
import socket
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.installation import PROGRAM, ROOT, inherited_environment
from tests.e2e.rss import Item, rendered
from tests.samples import NOON

TAG_KEYS = {
    *("id", "relevant", "score", "tier", "language", "categories"),
    *("entities", "claims", "evidence", "version", "codes"),
}
ENTRY_KEYS = {"feed", "title", "text", "url", "published_at", "published_source", "id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How the command ended, and what it printed on standard output and standard error."""

    code: int
    lines: list[str]
    errors: list[str]


async def pactwatch(
    *arguments: str, given: bytes = b"", environment: Mapping[str, str] | None = None, **more: str
) -> Result:
    process = await create_subprocess_exec(
        *PROGRAM,
        *arguments,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        cwd=ROOT,
        env={**inherited_environment(), **(environment or {}), **more},
    )
    output, errors = await process.communicate(given)
    assert process.returncode is not None
    return Result(
        code=process.returncode, lines=output.decode().splitlines(), errors=errors.decode().splitlines()
    )


def _line(number: int, title: str) -> bytes:
    return json.dumps({"id": str(number), "title": title, "text": "", "mood": "ignored"}).encode()


@pytest.mark.parametrize("jobs", ["1", "2"])
async def test_tag_answers_every_good_line_in_order_and_names_the_bad_ones(jobs: str) -> None:
    lines = [_line(number, f"North Korea sends {number} soldiers to Russia") for number in range(40)]
    lines[7] = b"{not json"
    lines[20] = b'{"title": "no id"}'
    result = await pactwatch("tag", "--jobs", jobs, given=b"\n".join(lines) + b"\n")
    answers = [json.loads(line) for line in result.lines]
    assert [answer["id"] for answer in answers] == [str(n) for n in range(40) if n not in (7, 20)]
    assert all(answer.keys() == TAG_KEYS for answer in answers)
    assert all(answer["relevant"] for answer in answers)
    assert result.code == 2
    assert len(result.errors) == 2
    assert "stdin:8:" in result.errors[0]
    assert "stdin:21:" in result.errors[1]


async def test_tag_reads_a_file_and_names_it(tmp_path: Path) -> None:
    file = tmp_path / "stories.jsonl"
    file.write_bytes(_line(1, "Football: a sample club wins") + b"\n\xff\xfe\n")
    result = await pactwatch("tag", str(file))
    assert [json.loads(line)["relevant"] for line in result.lines] == [False]
    assert result.code == 2
    assert f"{file}:2:" in result.errors[0]


@pytest.mark.parametrize(
    "published", ["2024-10-21", "2024-10-21T08:53:00", "2024-10-21T08:53:00+09:00", "", None]
)
async def test_tag_takes_dates_as_archives_write_them(published: str | None) -> None:
    story = {
        "id": "a",
        "title": "North Korea sends soldiers to Russia",
        "text": None,
        "published_at": published,
    }
    result = await pactwatch("tag", given=json.dumps(story).encode())
    assert (result.code, result.errors) == (0, [])
    assert json.loads(result.lines[0])["relevant"]


async def test_a_file_that_is_not_there_is_one_line_and_exit_status_2() -> None:
    result = await pactwatch("tag", "no-such-file.jsonl")
    assert (result.code, len(result.errors)) == (2, 1)
    assert "no-such-file.jsonl" in result.errors[0]


@pytest.mark.parametrize("command", [["up"], ["ingest"], ["dead", "list"], ["db", "upgrade"]])
async def test_a_senseless_setting_is_one_line_and_exit_status_2(command: list[str]) -> None:
    result = await pactwatch(*command, PACTWATCH_PARTITIONS="none")
    assert (result.code, len(result.errors)) == (2, 1)
    assert "PACTWATCH_PARTITIONS='none'" in result.errors[0]


async def test_an_address_already_in_use_is_one_line_and_exit_status_2(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = await pactwatch(
            "api",
            PACTWATCH_API_PORT=str(taken.getsockname()[1]),
            PACTWATCH_STREAM=f"embedded:{tmp_path / 's.db'}",
            PACTWATCH_DATABASE=f"sqlite:///{tmp_path / 'd.db'}",
            PACTWATCH_LOG_LEVEL="error",
        )
    assert (result.code, len(result.errors)) == (2, 1)
    assert "cannot listen on 127.0.0.1" in result.errors[0]


async def test_feeds_parse_shows_entries_as_they_would_be_published(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    items = [Item(guid=str(n), title=f"Sample {n}", text="One.\nTwo.", published=NOON) for n in range(3)]
    feed.write_bytes(rendered("Sample feed", items))
    broken = tmp_path / "broken.xml"
    broken.write_bytes(b"<html><body>no feed</body></html>")
    result = await pactwatch("feeds", "parse", str(feed), str(broken))
    entries = [json.loads(line) for line in result.lines]
    assert [entry["title"] for entry in entries] == ["Sample 0", "Sample 1", "Sample 2"]
    assert all(entry.keys() == ENTRY_KEYS for entry in entries)
    assert {entry["published_at"] for entry in entries} == {"2024-10-21T12:00:00Z"}
    assert result.code == 2
    assert len(result.errors) == 2
    assert "3 entries" in result.errors[0]
    assert str(broken) in result.errors[1]


async def test_feeds_travel_through_opml(tmp_path: Path) -> None:
    database = {"PACTWATCH_DATABASE": f"sqlite:///{tmp_path / 'd.db'}"}
    first = await pactwatch("feeds", "import", "deploy/feeds.opml", environment=database)
    again = await pactwatch("feeds", "import", "deploy/feeds.opml", environment=database)
    assert first.lines == ["78 new, 0 updated, 0 unchanged"]
    assert again.lines == ["0 new, 0 updated, 78 unchanged"]
    exported = await pactwatch("feeds", "export", environment=database)
    copy = tmp_path / "copy.opml"
    copy.write_text("\n".join(exported.lines), encoding="utf-8")
    other = {"PACTWATCH_DATABASE": f"sqlite:///{tmp_path / 'other.db'}"}
    assert (await pactwatch("feeds", "import", str(copy), environment=other)).lines == [
        "78 new, 0 updated, 0 unchanged"
    ]
    assert len((await pactwatch("feeds", "list", environment=other)).lines) == 78
