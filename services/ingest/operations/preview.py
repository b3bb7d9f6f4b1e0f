"""Feeds as they would be published, without publishing: what `pactwatch feeds parse` shows."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Final

from services.ingest.addresses import host_of
from services.ingest.decider import Decision, decide
from services.ingest.documents.parsed import ParsedFeed
from services.ingest.entries.identity import identify
from services.ingest.operations.advice import advise
from services.ingest.operations.sources import Reading, SourceReader, is_address
from shared.model.feed import EntryState, Feed
from shared.model.ids import feed_id
from shared.model.story import Story
from shared.model.times import Clock

STATES: Final[tuple[EntryState, ...]] = ("published", "duplicate", "over_cap", "undecodable")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewEntry:
    """One line of output: the story an entry would become; `feed` as it was given, the time in ISO 8601."""

    feed: str
    title: str
    text: str
    url: str | None
    published_at: str
    published_source: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPreview:
    """What one file or address gives: entries, and one line in words; `failed` if it could not be read."""

    source: str
    entries: tuple[PreviewEntry, ...]
    summary: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewer:
    """Reads feeds from files and addresses, with nothing known before and no entry too old.

    In the place of a page on the web that names exactly one feed, that feed is read.
    """

    reader: SourceReader
    clock: Clock

    async def preview(self, sources: Iterable[str]) -> AsyncIterator[FeedPreview]:
        """One preview for each source, in order; one that cannot be read says so in its summary."""
        for source in sources:
            page = reading = await self.reader.read(source)
            if len(page.feeds) == 1 and is_address(source):
                reading = await self.reader.read(page.feeds[0])
            if reading.parsed is None:
                yield self._unread(*((page,) if reading is page else (page, reading)))
            else:
                yield self._read(source, reading, reading.parsed)

    def _read(self, source: str, reading: Reading, parsed: ParsedFeed) -> FeedPreview:
        feed = _feed(reading.url)
        decision = decide(feed, parsed, identify(parsed.entries), (), now=self.clock(), oldest=None)
        return FeedPreview(
            source=source,
            entries=tuple(_entry(source, story) for story in decision.stories),
            summary=_summary(source, reading, parsed, decision),
        )

    def _unread(self, *readings: Reading) -> FeedPreview:
        """Of a source, and of the feed that it names."""
        words = [f"{reading.source}: {'; '.join(advise(reading, self.clock()))}" for reading in readings]
        return FeedPreview(source=readings[0].source, entries=(), summary="; ".join(words), failed=True)


def _feed(url: str) -> Feed:
    outlet = host_of(url) or url
    return Feed(id=feed_id(url), url=url, name=outlet, outlet=outlet, language=None)


def _entry(source: str, story: Story) -> PreviewEntry:
    return PreviewEntry(
        feed=source,
        title=story.title,
        text=story.text,
        url=story.url,
        published_at=story.published_at.isoformat().replace("+00:00", "Z"),
        published_source=story.published_source,
        id=story.id,
    )


def _summary(source: str, reading: Reading, parsed: ParsedFeed, decision: Decision) -> str:
    place = "" if reading.source == source else f"a web page; of its feed {reading.source}: "
    counts = ", ".join(f"{decision.counts[state]} {state}" for state in STATES if state in decision.counts)
    ending = "" if parsed.complete else "; the document ends early"
    return f"{source}: {place}{parsed.title or 'untitled'}: {counts or 'no entries'}{ending}"
