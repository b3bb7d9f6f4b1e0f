"""The ingest process killed with -9 at random moments, in a poll or not, while its feeds are edited."""

import os
import random
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from shared.errors import StreamUnavailableError
from shared.messages import STORY
from shared.model.story import Story
from shared.model.times import utc_now
from shared.ports import Stream
from shared.runtime import open_stream
from shared.settings import Settings
from tests.contract.stream.steps import everything
from tests.e2e.conftest import Engines
from tests.e2e.installation import Installation, installed
from tests.origin.newsroom import Building, Entry, Newsroom
from tests.origin.server import LOOPBACK, OriginServer
from tests.waiting import rest, until

RUNS = int(os.environ.get("PACTWATCH_CHAOS_RUNS", "1"))
PATHS = tuple(f"/desk-{number}.xml" for number in range(6))
KILLS = 10
LONGEST_REST = 4.0

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


@dataclass(slots=True, kw_only=True)
class Editors:
    """They publish and edit in all newsrooms; `last` has the text that each entry shows by now."""

    rooms: dict[str, Newsroom]
    chance: random.Random
    last: dict[str, str] = field(default_factory=dict)

    def work(self) -> None:
        for path, room in self.rooms.items():
            for _ in range(self.chance.randint(0, 4)):
                self._publish(path, room)
            for entry in self.chance.sample(room.entries, k=min(3, len(room.entries))):
                self.last[entry.name] = f"{entry.text} More of it."
                room.edit(entry.name, text=self.last[entry.name])

    def _publish(self, path: str, room: Newsroom) -> None:
        number = len(self.last) + 1
        name = f"story-{number}"
        age = timedelta(minutes=number)
        link = f"https://sample.example{path}/{name}"
        self.last[name] = f"The harbour desk of {path} wrote it."
        room.publish(
            Entry(
                name=name,
                title=name,
                text=self.last[name],
                guid=name,
                link=link,
                published=utc_now() - age,
            )
        )


async def _survives(engines: Engines, folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    editors = Editors(rooms={path: Newsroom() for path in PATHS}, chance=chance)
    async with (
        OriginServer(clock=utc_now, hosts={LOOPBACK: Building(rooms=editors.rooms)}) as origin,
        installed(
            stream=engines.stream,
            database=engines.database,
            folder=folder,
            reachable=(origin.port,),
            PACTWATCH_LOG_LEVEL="warning",
        ) as installation,
    ):
        await installation.start("api", "ingest")
        await installation.ready("api", "ingest")
        for path in PATHS:
            feed = {"url": origin.url(LOOPBACK, path), "name": path, "outlet": path}
            await installation.post("/v1/feeds", feed)
        for _ in range(KILLS):
            editors.work()
            await rest(chance.uniform(0.2, LONGEST_REST))
            await installation.kill("ingest")
            await installation.start("ingest")
        await _check(installation, editors)
        await installation.stop()


async def _check(installation: Installation, editors: Editors) -> None:
    stream = open_stream(Settings.from_environ(installation.environment))
    stories: Sequence[Story] = ()

    async def all_is_there() -> bool:
        nonlocal stories
        with suppress(StreamUnavailableError):
            stories = await _stories(stream)
        return {story.title: story.text for story in stories} == editors.last

    try:
        await until(all_is_there, seconds=120, what="the last text of every entry on the stream")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{installation.tail()}") from error
    finally:
        await stream.close()
    _check_revisions(stories, editors)


async def _stories(stream: Stream) -> list[Story]:
    records = await everything(stream, STORY.topic)
    return [msgspec.json.decode(record.value, type=Story) for record in records]


def _check_revisions(stories: Sequence[Story], editors: Editors) -> None:
    by_title: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        by_title[story.title].append(story)
    shown = {name: texts for room in editors.rooms.values() for name, texts in room.shown.items()}
    for title, found in by_title.items():
        assert len({story.id for story in found}) == 1, f"{title} is two stories"
        texts = {(story.revision, story.text) for story in found}
        assert len(texts) == len({revision for revision, _ in texts}), "two texts under one revision"
        revisions = [story.revision for story in found]
        assert revisions == sorted(revisions), "an older revision after a newer"
        assert {(title, text) for _, text in texts} <= set(shown[title]), "never served so"


@pytest.mark.parametrize("seed", range(RUNS))
async def test_no_story_and_no_edit_is_lost_on_the_embedded_engines(
    embedded: Engines, tmp_path: Path, seed: int
) -> None:
    await _survives(embedded, tmp_path, seed)


@pytest.mark.parametrize("seed", range(RUNS))
async def test_no_story_and_no_edit_is_lost_on_kafka_and_postgresql(
    distributed: Engines, tmp_path: Path, seed: int
) -> None:
    await _survives(distributed, tmp_path, seed)
