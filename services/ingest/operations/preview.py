"""Feeds as they would be published, without publishing: what `pactwatch feeds parse` shows."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from services.ingest.addresses import host_of
from services.ingest.decider import Decision, decide
from services.ingest.documents.parsed import ParsedFeed
from services.ingest.entries.identity import identify
from services.ingest.operations.advice import advise, counted, holds, unread_words
from services.ingest.operations.sources import SourceReader, SourceReading
from services.ingest.operations.wording import span
from shared.model.feed import Feed
from shared.model.ids import feed_id
from shared.model.story import Story
from shared.model.times import Clock


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
    """Reads feeds from files and addresses, with nothing known before.

    Entries that ingest would not publish for their age are shown too, and the summary counts them.

    In the place of a page on the web that names exactly one feed, that feed is read.
    """

    reader: SourceReader
    clock: Clock

    async def preview(self, sources: Iterable[str]) -> AsyncIterator[FeedPreview]:
        """One preview for each source, in order; one that cannot be read says so in its summary."""
        for source in sources:
            page = await self.reader.read(source)
            named = await self.reader.only_feed(page)
            reading = named or page
            if reading.parsed is None:
                yield self._unread(*((page,) if named is None else (page, named)))
            else:
                yield self._read(source, reading, reading.parsed)

    def _read(self, source: str, reading: SourceReading, parsed: ParsedFeed) -> FeedPreview:
        feed = _feed(reading.url)
        identified, now, oldest = identify(parsed.entries), self.clock(), self.reader.policy.oldest
        decision = decide(feed, parsed, identified, (), now=now, oldest=None)
        too_old = decide(feed, parsed, identified, (), now=now, oldest=oldest).counts.get("too_old", 0)
        words = _summary(parsed, decision, _age_words(too_old, oldest))
        return FeedPreview(
            source=source,
            entries=tuple(_entry(source, story) for story in decision.stories),
            summary=f"{_place(source, reading)}: {words}",
        )

    def _unread(self, *readings: SourceReading) -> FeedPreview:
        """Of a source, and of the feed that it names."""
        words = [
            f"{reading.source or repr(reading.source)}: {'; '.join(advise(reading, self.clock()))}"
            for reading in readings
        ]
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


def _place(source: str, reading: SourceReading) -> str:
    return source if reading.source == source else f"{source}: a web page; of its feed {reading.source}"


def _summary(parsed: ParsedFeed, decision: Decision, aged: str) -> str:
    """What is shown of the document, and what it holds beyond that."""
    shown = counted(len(decision.stories)) if parsed.total else "no entries"
    return f"{parsed.title or 'untitled'}: {'; '.join((shown + aged, *_not_shown(parsed, decision)))}"


def _age_words(too_old: int, oldest: timedelta | None) -> str:
    if not too_old or oldest is None:
        return ""
    return f", {too_old} of them older than {span(oldest)} (would not be published)"


def _not_shown(parsed: ParsedFeed, decision: Decision) -> Iterator[str]:
    duplicates = decision.counts.get("duplicate", 0)
    if duplicates:
        yield f"{duplicates} more {'repeats' if duplicates == 1 else 'repeat'} one of them"
    if parsed.undecodable:
        yield f"{parsed.undecodable} more {holds(parsed.undecodable)} nothing to read"
    if parsed.over_cap:
        yield unread_words(parsed)
    if not parsed.complete:
        yield "the document ends early: part of it is missing"
