"""Making findings of an answer: parse what is new, and decide."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from services.ingest.characters import without_control
from services.ingest.decider import decide, held, keys_of, link_keys_of
from services.ingest.document_reader import DocumentReader
from services.ingest.documents.parsed import ParsedFeed
from services.ingest.entries.identity import identify
from services.ingest.fetcher import LONGEST_ERROR, FailedFetch, FetchedFeed
from services.ingest.findings import Findings, Reading, document_of
from services.ingest.hubs import hub_of
from services.ingest.judging.moves import permanent_target
from services.ingest.judging.validators import lies
from services.ingest.policy import IngestPolicy
from services.ingest.timing.freshness import asked_interval
from shared.errors import (
    FeedUnreadableError,
    PactwatchError,
    PageInsteadError,
    WorkerCrashedError,
    WorkerTimeoutError,
)
from shared.model.feed import Feed, FeedState, KnownEntry, PollOutcome, Validators

KnownEntries = Callable[[str, Sequence[str], Sequence[str]], Awaitable[Sequence[KnownEntry]]]

LIED: Final = "its server would have denied this change: validators are not sent for a while"
CUT: Final = "the document ends early"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedAnswer:
    """A document not known already, as it was parsed, with the validators it came under; `may_lie`: those we
    had would have been answered with "not modified"."""

    answer: FetchedFeed
    parsed: ParsedFeed
    validators: Validators
    may_lie: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Examiner:
    """Reads answers. `known_entries` gives what is known of an outlet's entries by key and link."""

    reader: DocumentReader
    policy: IngestPolicy
    known_entries: KnownEntries

    async def examine(
        self, state: FeedState, asked: Validators, answer: FetchedFeed | FailedFetch, now: datetime
    ) -> Findings | ParsedAnswer:
        """What this answer to a question with these validators means, or its document, to be decided. Never
        raises."""
        if isinstance(answer, FailedFetch):
            return _failed(answer)
        if answer.not_modified:
            return self._not_modified(state, asked, answer, now)
        validators = replace(answer.validators, body_hash=sha256(answer.body).hexdigest())
        if validators.body_hash == state.validators.body_hash:
            return self._found("same_body", answer, now, validators=validators)
        try:
            content_type = answer.headers.get("Content-Type", "")
            suspect = state.last_outcome == "parse_timeout"
            parsed = await self.reader.read(answer.body, content_type, answer.url, suspect=suspect)
        except PageInsteadError as error:
            return replace(_unread("page_instead", answer, error), page=error.page)
        except FeedUnreadableError as error:
            return _unread("unreachable" if answer.unfinished else "not_a_feed", answer, error)
        except (WorkerTimeoutError, WorkerCrashedError) as error:
            return _unread("parse_timeout", answer, error)
        may_lie = not _conditional(asked) and lies(state.validators, answer.validators)
        return ParsedAnswer(answer=answer, parsed=parsed, validators=validators, may_lie=may_lie)

    async def decided(self, feed: Feed, read: ParsedAnswer, now: datetime) -> Findings:
        """What its entries mean, given what is known of the outlet's; raises only what `known_entries` does.

        Nobody else may decide on entries of this outlet before the findings are recorded.
        """
        parsed, answer = read.parsed, read.answer
        reading = await self._reading(feed, parsed, answer, now)
        whole: PollOutcome = "new_entries" if reading.decision.stories else "no_new_entries"
        if not parsed.complete:
            return self._found("partial", answer, now, error=CUT, reading=reading)
        lied = read.may_lie and bool(reading.decision.stories)
        return self._found(
            whole,
            answer,
            now,
            error=LIED if lied else None,
            # A document that is whole though more was promised is read, but not taken for known.
            validators=None if answer.unfinished else read.validators,
            lied=lied,
            reading=reading,
            hint=parsed.interval_hint,
        )

    async def _reading(self, feed: Feed, parsed: ParsedFeed, answer: FetchedFeed, now: datetime) -> Reading:
        identified = identify(parsed.entries)
        known = await self.known_entries(feed.outlet, keys_of(identified), link_keys_of(identified))
        decision = decide(feed, parsed, identified, known, now=now, oldest=self.policy.oldest)
        return Reading(
            decision=decision,
            held=held(decision.entries, known),
            document=document_of(parsed, len(answer.body), now),
            dates=tuple(entry.published_at for entry in parsed.entries if entry.published_at is not None),
            hub=hub_of(answer.headers, answer.url, parsed),
        )

    def _not_modified(
        self, state: FeedState, asked: Validators, answer: FetchedFeed, now: datetime
    ) -> Findings:
        if not _conditional(asked):
            words = "“not modified”, though we asked for the document itself"
            return self._found("http_error", answer, now, error=words)
        return self._found(
            "not_modified", answer, now, validators=_refreshed(state.validators, answer.validators)
        )

    def _found(
        self,
        outcome: PollOutcome,
        answer: FetchedFeed,
        now: datetime,
        *,
        error: str | None = None,
        validators: Validators | None = None,
        lied: bool = False,
        reading: Reading | None = None,
        hint: timedelta | None = None,
    ) -> Findings:
        return Findings(
            outcome=outcome,
            status=answer.status,
            elapsed=answer.elapsed,
            error=error,
            validators=validators,
            lied=lied,
            target=permanent_target(answer.redirects),
            least=asked_interval(answer.headers, hint, now, self.policy.longest),
            size=None if answer.not_modified else len(answer.body),
            reading=reading,
        )


def _failed(answer: FailedFetch) -> Findings:
    return Findings(
        outcome=answer.outcome,
        status=answer.status,
        elapsed=answer.elapsed,
        error=answer.error,
        retry_after=answer.retry_after,
    )


def _conditional(asked: Validators) -> bool:
    return asked.etag is not None or asked.last_modified is not None


def _refreshed(old: Validators, new: Validators) -> Validators:
    """The validators after "not modified": what that answer brought replaces what we had."""
    etag, last_modified = new.etag or old.etag, new.last_modified or old.last_modified
    if (etag, last_modified) == (old.etag, old.last_modified):
        return old
    return replace(old, etag=etag, last_modified=last_modified)


def _unread(outcome: PollOutcome, answer: FetchedFeed, error: PactwatchError) -> Findings:
    words = without_control(str(error))[:LONGEST_ERROR]
    return Findings(
        outcome=outcome, status=answer.status, elapsed=answer.elapsed, error=words, size=len(answer.body)
    )
