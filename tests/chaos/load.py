"""Two thousand made-up stories, a tenth of them relevant, that appear in feeds while a test goes on."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.e2e.rss import FeedHost, Item

FEEDS = 20
START = datetime(2024, 10, 18, 6, tzinfo=UTC)

ACTS = (
    "North Korea has sent {n} soldiers to Russia, the sample agency {i} reports",
    "Sample desk {i}: {n} North Korean troops train in Russia's Far East",
    "Ship with {n} containers of North Korean shells reached Russia, sample source {i} says",
    "Sample ministry {i} cannot confirm that {n} North Korean soldiers are in Kursk",
)
REST = (
    "Sample town {i} opens a library with {n} books",
    "Football: sample club {i} wins before {n} spectators",
    "Sample weather {i}: {n} millimetres of rain expected",
    "Sample bank {i} reports a profit of {n} million",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The stories by feed, in the order in which they appear."""

    feeds: dict[str, tuple[Item, ...]]

    @property
    def guids(self) -> set[str]:
        return {item.guid for items in self.feeds.values() for item in items}

    def revealing(self, host: FeedHost, steps: int) -> Iterator[None]:
        """At each step a further part of every feed is served."""
        for step in range(1, steps + 1):
            for name, items in self.feeds.items():
                host.feeds[name] = list(items[: len(items) * step // steps])
            yield


def made_up(chance: random.Random, *, stories: int) -> Load:
    """The same stories for the same seed of chance."""
    feeds: dict[str, list[Item]] = {f"sample-{number}": [] for number in range(FEEDS)}
    for number in range(stories):
        forms = ACTS if chance.random() < 0.1 else REST
        title = chance.choice(forms).format(i=number, n=chance.randint(2, 9000))
        item = Item(
            guid=f"story-{number}",
            title=title,
            text=f"{title}.\nThis is sample story number {number}, made up for a test.",
            published=START + timedelta(minutes=number),
        )
        feeds[f"sample-{number % FEEDS}"].append(item)
    return Load(feeds={name: tuple(items) for name, items in feeds.items()})
