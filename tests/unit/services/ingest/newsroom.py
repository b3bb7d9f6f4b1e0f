"""An ingest service without I/O: feeds of one outlet, what is stored, and what the stream holds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from services.ingest.decider import Decision, decide, held, keys_of, link_keys_of
from services.ingest.documents.parsed import ParsedEntry, ParsedFeed
from services.ingest.entries.identity import identify
from shared.model.feed import EntryState, Feed, KnownEntry
from shared.model.ids import feed_id
from shared.model.story import Story

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
Crash = Literal["none", "before_hold", "before_publish", "before_record"]


def feed(name: str = "feed", outlet: str = "Sample") -> Feed:
    url = f"https://sample.example/{name}.xml"
    return Feed(id=feed_id(url), url=url, name=name, outlet=outlet, language=None)


def entry(
    number: int = 1,
    *,
    guid: str | None = "",
    url: str | None = "",
    title: str = "",
    text: str = "It sailed.",
    published_at: datetime | None = None,
) -> ParsedEntry:
    """An article of its own for each number; an empty guid or url stands for a usual one."""
    return ParsedEntry(
        guid=f"g{number}" if guid == "" else guid,
        url=f"https://sample.example/articles/{number}" if url == "" else url,
        title=title or f"Ship {number} leaves",
        text=text,
        published_at=published_at or NOW - timedelta(hours=3, minutes=number),
        published_source="feed",
    )


@dataclass(slots=True)
class Newsroom:
    """Polls as the service does: known ▸ decide ▸ hold ▸ publish ▸ record, of which a crash leaves the first
    steps done."""

    now: datetime = NOW
    oldest: timedelta | None = timedelta(days=30)
    rows: dict[tuple[str, str], KnownEntry] = field(default_factory=dict)
    stream: list[Story] = field(default_factory=list)
    totals: Counter[EntryState] = field(default_factory=Counter)
    served: int = 0

    def poll(self, feed: Feed, *document: ParsedEntry, crash: Crash = "none") -> Decision:
        self.now += timedelta(minutes=10)
        parsed = ParsedFeed(title="Sample", entries=document, language="ru")
        identified = identify(document)
        known = self._known(feed, keys_of(identified), link_keys_of(identified))
        decision = decide(feed, parsed, identified, known, now=self.now, oldest=self.oldest)
        if crash == "before_hold":
            return decision
        if decision.stories:
            self._store(held(decision.entries, known))
        if crash == "before_publish":
            return decision
        self.stream.extend(decision.stories)
        if crash == "before_record":
            return decision
        for key in decision.dropped:
            self.rows.pop((feed.id, key), None)
        self._store(decision.entries)
        self.totals.update(decision.counts)
        self.served += len(document)
        return decision

    @property
    def arrived(self) -> dict[tuple[str, int], Story]:
        """What a consumer keeps: the first of each revision."""
        first: dict[tuple[str, int], Story] = {}
        for story in self.stream:
            first.setdefault((story.id, story.revision), story)
        return first

    def newest(self) -> dict[str, Story]:
        """Each story's newest revision, as a consumer has it."""
        return {story_id: story for (story_id, _), story in sorted(self.arrived.items(), key=_place)}

    def _known(self, feed: Feed, keys: Sequence[str], link_keys: Sequence[str]) -> tuple[KnownEntry, ...]:
        ours = [row for row in self.rows.values() if row.outlet == feed.outlet]
        named = {row.story_id for row in ours if row.entry_key in keys or row.link_key in link_keys}
        return tuple(row for row in self.rows.values() if row.story_id in named)

    def _store(self, rows: Sequence[KnownEntry]) -> None:
        self.rows.update({(row.feed_id, row.entry_key): row for row in rows})


def _place(item: tuple[tuple[str, int], Story]) -> tuple[str, int]:
    return item[0]
