"""Feeds as they would be published, without publishing: what `pactwatch feeds parse` shows."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.ingest.addresses import host_of
from services.ingest.decider import Decision, decide
from services.ingest.fetcher import FailedFetch, Fetcher
from services.ingest.identity import identify
from services.ingest.parsed import ParsedFeed
from services.ingest.parser import parse_feed
from services.ingest.policy import IngestPolicy
from shared.errors import FetchError, InputError, PactwatchError
from shared.http.client import GuardedClient
from shared.model.feed import EntryState, Feed, Validators
from shared.model.ids import feed_id
from shared.model.story import Story
from shared.model.times import Clock
from shared.workers import WorkerPool

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
    """Reads feeds from files and addresses, with nothing known before and no entry too old."""

    client: GuardedClient
    workers: WorkerPool
    clock: Clock
    policy: IngestPolicy

    async def preview(self, sources: Iterable[str]) -> AsyncIterator[FeedPreview]:
        """One preview for each source, in order; one that cannot be read says so in its summary."""
        for source in sources:
            try:
                yield await self._preview(source)
            except PactwatchError as error:
                words = error.detail or str(error)
                yield FeedPreview(source=source, entries=(), summary=f"{source}: {words}", failed=True)

    async def _preview(self, source: str) -> FeedPreview:
        body, content_type, url = await self._read(source)
        deadline = self.policy.parse_deadline
        parsed = await self.workers.run(parse_feed, body, content_type, url, deadline=deadline)
        identified = identify(parsed.entries)
        decision = decide(_feed(url), parsed, identified, {}, now=self.clock(), oldest=None)
        entries = tuple(_entry(source, story) for story in decision.stories)
        return FeedPreview(source=source, entries=entries, summary=_summary(source, parsed, decision))

    async def _read(self, source: str) -> tuple[bytes, str, str]:
        """The body, its content type and the address of a feed; a file has its name for an address."""
        if source.startswith(("http://", "https://")):
            answer = await Fetcher(self.client, self.policy, self.clock).fetch(_feed(source), Validators())
            if isinstance(answer, FailedFetch):
                raise FetchError(answer.error)
            return answer.body, answer.headers.get("Content-Type", ""), answer.url
        body = await asyncio.to_thread(_file, Path(source), self.policy.body_bytes)
        return body, "", Path(source).name


def _file(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(most + 1)
    except OSError as error:
        raise InputError(error.strerror or type(error).__name__) from error
    if len(body) > most:
        raise InputError(f"more than {most} bytes")
    return body


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


def _summary(source: str, parsed: ParsedFeed, decision: Decision) -> str:
    counts = ", ".join(f"{decision.counts[state]} {state}" for state in STATES if state in decision.counts)
    ending = "" if parsed.complete else "; the document ends early"
    return f"{source}: {parsed.title or 'untitled'}: {counts or 'no entries'}{ending}"
