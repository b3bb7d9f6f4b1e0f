"""What a poll found. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.ingest.decider import Decision
from services.ingest.documents.parsed import ParsedFeed
from services.ingest.hubs import Hub
from shared.errors import WebPage
from shared.model.feed import Document, Feed, FeedState, KnownEntry, Poll, PollOutcome, Validators

NOTHING = Decision(stories=(), entries=(), counts={})
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A document that was parsed and decided. `dates` are what its entries claim; `held` are the rows to
    store before its stories are published."""

    decision: Decision
    held: tuple[KnownEntry, ...]
    document: Document
    dates: tuple[datetime, ...]
    hub: Hub | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The outcome of one poll.

    - `validators`: None unless the answer was whole: half a document, or none, must not end in "not
      modified" next time; `lied`: those we had before would have hidden the news in this document.
    - `target`: where permanent redirects alone led; `least`: the least interval the publisher asks for.
    - `reading`: None unless there was a document that was not known already.
    - `page`: what kind of web page came instead of one.
    """

    outcome: PollOutcome
    status: int | None
    elapsed: timedelta
    error: str | None = None
    validators: Validators | None = None
    lied: bool = False
    target: str | None = None
    least: timedelta | None = None
    retry_after: timedelta | None = None
    size: int | None = None
    reading: Reading | None = None
    page: WebPage | None = None

    @property
    def decision(self) -> Decision:
        """What was decided of the document's entries; nothing if none was read."""
        return self.reading.decision if self.reading else NOTHING


def new_state(feed: Feed, now: datetime) -> FeedState:
    """What we know of a feed never polled."""
    return FeedState(feed_id=feed.id, validators=Validators(), next_poll_at=now)


def document_of(parsed: ParsedFeed, size: int, now: datetime) -> Document:
    """What is remembered of a document."""
    dated = [entry for entry in parsed.entries if entry.published_at is not None]
    newest = max(dated, key=lambda entry: entry.published_at or now, default=None)
    first = newest or (parsed.entries[0] if parsed.entries else None)
    return Document(
        at=now,
        entries=parsed.total,
        size=size,
        format=parsed.format,
        newest_at=newest.published_at if newest else None,
        newest_title=first.title[:LONGEST_TITLE] if first else "",
    )


def gap_suspected(state: FeedState, findings: Findings) -> bool:
    """Whether a whole document shares nothing with the one before it, so that entries may have come and gone
    unseen."""
    whole = findings.reading is not None and findings.outcome != "partial"
    return whole and state.document is not None and findings.decision.known_share == 0


def poll_of(feed: Feed, state: FeedState, findings: Findings, now: datetime) -> Poll:
    """The line in the feed's history, given what was known before."""
    return Poll(
        feed_id=feed.id,
        at=now,
        outcome=findings.outcome,
        status=findings.status,
        elapsed=findings.elapsed,
        entries=findings.decision.counts,
        error=findings.error,
        size=findings.size,
        gap_suspected=gap_suspected(state, findings),
    )
