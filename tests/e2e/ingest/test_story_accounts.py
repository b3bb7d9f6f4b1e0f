"""Whatever publishers, servers and crashes do: what was served is published, once, and every entry counts."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from shared.model.feed import Feed
from shared.model.story import Story
from shared.workers import WorkerPool
from tests.e2e.ingest.crashes import CrashingPublisher, Moment, crash
from tests.e2e.ingest.play import Play, open_play
from tests.origin.answers import Answer, cut_short, page, refusal, reset
from tests.origin.newsroom import Entry, Newsroom
from tests.unit.services.ingest.desk import NOW

HOSTS = ("www.first-desk.example", "www.second-desk.example")
FAULTS: dict[str, Callable[[Newsroom], Answer]] = {
    "500": lambda _: refusal(500),
    "410": lambda _: refusal(410),
    "429": lambda _: refusal(429, Retry_After="600"),
    "page": lambda _: page(),
    "empty": lambda _: Answer(body=b""),
    "cut short": lambda room: Answer(body=room.document(), manner=cut_short),
    "reset": lambda room: Answer(body=room.document(), manner=reset),
    "half": lambda room: Answer(body=room.document()[: len(room.document()) * 2 // 3]),
}
READ = {"new_entries", "no_new_entries", "not_modified", "same_body"}
MOMENTS: tuple[Moment, ...] = ("before publishing", "after publishing")
WHICH = st.integers(0, len(HOSTS) - 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), WHICH, st.integers(1, 4)),
        st.tuples(st.sampled_from(["edit", "edit", "drop"]), WHICH, st.integers(0, 20)),
        st.tuples(st.sampled_from(["bump", "flip", "secure"]), WHICH, st.just(0)),
        st.tuples(st.just("fail"), WHICH, st.sampled_from(sorted(FAULTS))),
        st.tuples(st.just("poll"), WHICH, st.just(0)),
        st.tuples(st.just("crash"), WHICH, st.sampled_from(MOMENTS)),
        st.tuples(st.just("crash"), WHICH, st.floats(0, 0.06)),
        st.tuples(st.sampled_from(["crash_on_news", "crash_over_an_edit"]), WHICH, st.sampled_from(MOMENTS)),
    ),
    min_size=8,
    max_size=25,
)


@dataclass(slots=True, kw_only=True)
class World:
    """Two publishers, the poller, and the account of what it must have published: all that a server showed
    when a poll ended well, even if that was told "not modified"."""

    play: Play
    publisher: CrashingPublisher
    rooms: list[Newsroom]
    feeds: list[Feed]
    written: int = 0
    due: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def publish(self, which: int, how_many: int) -> None:
        for _ in range(how_many):
            self.written += 1
            name = f"story-{self.written}"
            self.rooms[which].publish(
                Entry(
                    name=name,
                    title=f"Report of {name}",
                    text=f"The harbour desk wrote {name} at dawn.",
                    guid=f"guid-{name}",
                    link=f"http://desk-{which}.example/{name}",
                    published=NOW - timedelta(minutes=self.written),
                )
            )

    async def edit(self, which: int, number: int) -> None:
        if entries := self.rooms[which].entries:
            entry = entries[number % len(entries)]
            self.rooms[which].edit(entry.name, text=f"{entry.text} More of {entry.name}.")

    async def drop(self, which: int, number: int) -> None:
        if entries := self.rooms[which].entries:
            self.rooms[which].drop(entries[number % len(entries)].name)

    async def bump(self, which: int, _: int) -> None:
        later = self.play.now + timedelta(minutes=3)
        self.rooms[which].change_all(lambda entry: replace(entry, published=later))

    async def flip(self, which: int, _: int) -> None:
        self.rooms[which].change_all(lambda entry: replace(entry, guid=f"new-{entry.guid}"))

    async def secure(self, which: int, _: int) -> None:
        self.rooms[which].change_all(
            lambda entry: replace(entry, link=(entry.link or "").replace("http:", "https:"))
        )

    async def fail(self, which: int, how: str) -> None:
        room = self.rooms[which]
        room.override = lambda *_: FAULTS[how](room)
        await self.poll(which, 0)
        room.override = None

    async def poll(self, which: int, _: int) -> None:
        room = self.rooms[which]
        room.forget_delivered()
        poll = await self.play.poll(self.feeds[which])
        if poll.outcome in READ:
            self._account(which)
        if poll.outcome in {"new_entries", "no_new_entries"} and room.delivered_last is not None:
            assert sum(poll.entries.values()) == len(room.delivered_last)
        self.play.pass_time(minutes=10)

    async def crash(self, which: int, when: Moment | float) -> None:
        await crash(self.play, self.publisher, self.feeds[which], when)

    async def crash_on_news(self, which: int, when: Moment) -> None:
        await self.publish(which, 2)
        await self.crash(which, when)

    async def crash_over_an_edit(self, which: int, when: Moment) -> None:
        """What was on its way to the stream changes before it is read again."""
        await self.publish(which, 1)
        await self.crash(which, when)
        await self.edit(which, 0)

    def _account(self, which: int) -> None:
        for entry in self.rooms[which].entries:
            self.due[entry.name] = (entry.title, entry.text)

    async def finish(self) -> None:
        """Every feed is read once more."""
        for which in range(len(HOSTS)):
            await self.poll(which, 0)

    async def check(self) -> None:
        by_name: dict[str, list[Story]] = {}
        for story in self.play.stories:
            by_name.setdefault(_name_of(story), []).append(story)
        missing = self.due.keys() - by_name.keys()
        assert not missing, "served and never published"
        shown = {name: versions for room in self.rooms for name, versions in room.shown.items()}
        for name, stories in by_name.items():
            assert len({story.id for story in stories}) == 1, f"{name} was published as two stories"
            _check_revisions(stories)
            assert {(s.title, s.text) for s in stories} <= set(shown[name]), f"{name} was never served so"
        for name, content in self.due.items():
            last = by_name[name][-1]
            assert shown[name].index((last.title, last.text)) >= shown[name].index(content)
        await self._check_sums()

    async def _check_sums(self) -> None:
        for feed in self.feeds:
            polls = await self.play.states.polls(feed.id, 100)
            totals = (await self.play.state(feed)).totals
            assert sum(totals.values()) == sum(sum(poll.entries.values()) for poll in polls)


def _name_of(story: Story) -> str:
    return story.title.removeprefix("Report of ")


def _check_revisions(stories: list[Story]) -> None:
    contents = {(story.revision, story.content_hash) for story in stories}
    assert len(contents) == len({revision for revision, _ in contents}), "two texts under one revision"
    revisions = [story.revision for story in stories]
    assert revisions == sorted(revisions), "an older revision after a newer"


async def _played(folder: Path, workers: WorkerPool, steps: list[tuple[str, int, object]]) -> None:
    async with open_play(folder, workers) as play:
        publisher = CrashingPublisher()
        play.desk.publisher = publisher
        play.desk.parts = replace(play.desk.parts, publisher=publisher)
        play.restart()
        pairs = [await play.newsroom(host) for host in HOSTS]
        world = World(
            play=play,
            publisher=publisher,
            rooms=[room for room, _ in pairs],
            feeds=[feed for _, feed in pairs],
        )
        for verb, which, argument in steps:
            await getattr(world, verb)(which, argument)
        await world.finish()
        await world.check()


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    workers = WorkerPool(workers=1)
    yield workers
    asyncio.run(workers.close())


# A script is short enough to be read as it is: making it shorter takes minutes.
@settings(max_examples=40, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(steps=STEPS)
def test_published_stories_are_the_stories_served_and_the_sums_agree(
    pool: WorkerPool, steps: list[tuple[str, int, object]]
) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(_played(Path(folder), pool, steps))
