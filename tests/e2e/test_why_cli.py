"""`why`, `retag` and `rules check` as an analyst uses them."""

import json
import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.extract.rules.lexicon import FOLDER
from services.extract.tagger import Tagger
from shared.db import Database
from shared.migrate import upgrade
from shared.store.stories import StoryStore
from tests.e2e.test_cli import pactwatch
from tests.samples import NOON, a_story, a_tagged_story, some_tags

FAIR = {"id": "fair", "title": "Mayor opens the harvest fair", "text": "It runs all week."}
SENT = {"id": "sent", "title": "North Korea sends soldiers to Russia", "text": "They left by ship."}
OFF = some_tags(relevant=False, score=0.1, tier="none", categories=(), evidence=(), version="then")


@pytest.fixture
async def stored(tmp_path: Path) -> Mapping[str, str]:
    """The environment of a database with four stories, one a day, of which rules of now gain and lose one."""
    address = f"sqlite:///{tmp_path / 'd.db'}"
    database = Database(address.replace("sqlite", "sqlite+aiosqlite"))
    tagger = Tagger.load()
    await upgrade(database)
    store = StoryStore(database)
    for day, (words, tags) in enumerate(
        [
            (SENT | {"id": "same"}, tagger.tag(title=SENT["title"], text=SENT["text"], language="en")),
            (SENT | {"id": "gained"}, OFF),
            (FAIR | {"id": "lost"}, some_tags(version="then")),
            (FAIR | {"id": "off"}, OFF),
        ]
    ):
        story = a_story(**words, first_seen_at=NOON + timedelta(days=day))
        await store.record(a_tagged_story(story, tags), None)
    await database.close()
    return {"PACTWATCH_DATABASE": address}


async def test_why_explains_a_stored_story_and_says_that_other_rules_judged_it(
    stored: Mapping[str, str],
) -> None:
    result = await pactwatch("why", "lost", environment=stored)
    shown = "\n".join(result.lines)
    assert (result.code, result.errors) == (0, [])
    assert "not relevant" in shown
    assert "by other rules, then, as relevant (core, 0.97)" in shown
    assert "North Korea is not named." in shown


async def test_why_as_json_is_one_line_with_everything(stored: Mapping[str, str]) -> None:
    result = await pactwatch("why", "same", "--json", environment=stored)
    (why,) = map(json.loads, result.lines)
    assert (why["story_id"], why["rules_changed"], why["verdict"]["relevant"]) == ("same", False, True)
    assert {"features", "rejected", "left_out", "lacking", "labels", "sections"} <= why.keys()


async def test_why_of_a_story_that_is_not_stored_is_one_line_and_exit_status_2(
    stored: Mapping[str, str],
) -> None:
    result = await pactwatch("why", "nothing", environment=stored)
    assert (result.code, result.lines, result.errors) == (2, [], ["no story 'nothing' is stored"])


async def test_why_explains_stories_from_standard_input_without_a_database() -> None:
    given = b"\n".join([json.dumps(FAIR).encode(), b"{bad", json.dumps(SENT).encode()])
    result = await pactwatch("why", "--file", "-", "--json", given=given)
    assert [json.loads(line)["story_id"] for line in result.lines] == ["fair", "sent"]
    assert (result.code, len(result.errors)) == (2, 1)
    assert "stdin:2:" in result.errors[0]
    one = await pactwatch("why", "sent", "--file", "-", "--json", given=given)
    assert [json.loads(line)["story_id"] for line in one.lines] == ["sent"]


@pytest.mark.parametrize("jobs", ["1", "2"])
async def test_retag_shows_what_the_rules_of_now_gain_and_lose_and_writes_nothing(
    stored: Mapping[str, str], jobs: str
) -> None:
    result = await pactwatch("retag", "--since", "2024-10-01", "--json", "--jobs", jobs, environment=stored)
    changes = [json.loads(line) for line in result.lines]
    assert [(change["id"], change["kind"]) for change in changes] == [("gained", "gained"), ("lost", "lost")]
    assert all(change["because"] for change in changes)
    (summary,) = result.errors
    assert summary.startswith("4 stories first seen since 2024-10-01 00:00 UTC")
    assert "1 gained, 1 lost" in summary
    assert result.code == 0
    database = Database(stored["PACTWATCH_DATABASE"].replace("sqlite", "sqlite+aiosqlite"))
    kept = await StoryStore(database).list(0, 10)
    await database.close()
    assert [story.tagged.tags.relevant for story in kept] == [True, False, True, False]
    assert [story.tagged.tags.version for story in kept[1:]] == ["then", "then", "then"]


async def test_retag_replays_only_what_was_first_seen_since_then(stored: Mapping[str, str]) -> None:
    result = await pactwatch("retag", "--since", "2024-10-23T12:00", environment=stored)
    assert result.lines[0].startswith("lost")
    assert result.lines[-1].startswith("2 stories first seen since")


async def test_retag_tries_edited_rules_without_installing_them(
    stored: Mapping[str, str], tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(FOLDER, rules)
    weights = rules / "weights.yaml"
    text = weights.read_text(encoding="utf-8")
    weights.write_text(text.replace("bias: -", "bias: -9", 1), encoding="utf-8")
    result = await pactwatch(
        "retag", "--since", "2024-10-01", "--json", "--rules", str(rules), environment=stored
    )
    assert {json.loads(line)["id"]: json.loads(line)["kind"] for line in result.lines} == {
        "same": "lost",
        "lost": "lost",
    }


@pytest.mark.parametrize("command", [["rules", "check"], ["retag", "--since", "1d", "--rules"]])
async def test_every_mistake_in_the_rules_is_one_line_with_file_and_line_and_exit_status_2(
    tmp_path: Path, command: list[str]
) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(FOLDER, rules)
    rules_file = rules / "rules.yaml"
    text = rules_file.read_text(encoding="utf-8").replace("zones: [title", "zones: [titel", 2)
    rules_file.write_text(text, encoding="utf-8")
    result = await pactwatch(*command, str(rules), PACTWATCH_DATABASE=f"sqlite:///{tmp_path / 'd.db'}")
    assert (result.code, result.lines, len(result.errors)) == (2, [], 2)
    assert all(line.startswith(f"{rules_file}:") and "unknown zone 'titel'" in line for line in result.errors)


@pytest.mark.parametrize("command", [["why", "lost"], ["retag", "--since", "1d"]])
async def test_what_only_reads_makes_no_database_and_names_the_command_that_does(
    tmp_path: Path, command: list[str]
) -> None:
    file = tmp_path / "new" / "d.db"
    result = await pactwatch(*command, PACTWATCH_DATABASE=f"sqlite:///{file}")
    assert (result.code, result.lines, len(result.errors)) == (2, [], 1)
    assert "`pactwatch db upgrade`" in result.errors[0]
    assert not file.parent.exists()


@pytest.mark.parametrize("command", [["why", "lost"], ["retag", "--since", "1d"]])
async def test_what_only_reads_leaves_a_database_of_an_older_version_as_it_is(
    tmp_path: Path, command: list[str]
) -> None:
    address = f"sqlite:///{tmp_path / 'd.db'}"
    database = Database(address.replace("sqlite", "sqlite+aiosqlite"))
    async with database.write() as connection:
        await connection.execute(sa.text("CREATE TABLE kept (id TEXT)"))
    result = await pactwatch(*command, PACTWATCH_DATABASE=address)
    async with database.read() as connection:
        tables = await connection.run_sync(lambda one: sa.inspect(one).get_table_names())
    await database.close()
    assert (result.code, result.lines, len(result.errors)) == (2, [], 1)
    assert "`pactwatch db upgrade`" in result.errors[0]
    assert tables == ["kept"]


async def test_rules_check_names_the_mistakes_of_every_file(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(FOLDER, rules)
    for name in ("weights.yaml", "category_features.yaml", "agencies.yaml"):
        (rules / name).write_text("version: 1\n", encoding="utf-8")
    result = await pactwatch("rules", "check", str(rules))
    assert (result.code, result.lines) == (2, [])
    named = [Path(line.split(":", 1)[0]).name for line in result.errors]
    assert named == ["weights.yaml", "category_features.yaml", "agencies.yaml"]


async def test_rules_check_finds_the_shipped_rules_without_mistakes() -> None:
    result = await pactwatch("rules", "check")
    assert (result.code, result.errors) == (0, [])
    assert "no mistakes; version " in result.lines[0]


async def test_a_moment_that_is_none_is_one_line_and_exit_status_2(stored: Mapping[str, str]) -> None:
    result = await pactwatch("retag", "--since", "yesterday", environment=stored)
    assert (result.code, len(result.errors)) == (2, 1)
