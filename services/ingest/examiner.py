"""Making findings of an answer: parse what is new in a worker, and decide."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from services.ingest.decider import decide, keys_of
from services.ingest.fetcher import LONGEST_ERROR, FailedFetch, FetchedFeed
from services.ingest.findings import Findings
from services.ingest.identity import identify
from services.ingest.parsed import ParsedFeed
from services.ingest.parser import parse_feed
from services.ingest.plaintext import without_control
from services.ingest.policy import IngestPolicy
from shared.errors import FeedUnreadableError, PactwatchError, WorkerCrashedError, WorkerTimeoutError
from shared.model.feed import Feed, FeedState, KnownEntry, PollOutcome, Validators
from shared.workers import WorkerPool

KnownEntries = Callable[[str, Sequence[str]], Awaitable[Mapping[str, KnownEntry]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examiner:
    """Reads answers. `known_entries` gives what is known of a feed's entries by key."""

    workers: WorkerPool
    policy: IngestPolicy
    known_entries: KnownEntries

    async def examine(
        self, feed: Feed, state: FeedState, answer: FetchedFeed | FailedFetch, now: datetime
    ) -> Findings:
        """What this answer means, given what we knew; raises only what `known_entries` raises."""
        if isinstance(answer, FailedFetch):
            return Findings(
                outcome=answer.outcome,
                status=answer.status,
                elapsed=answer.elapsed,
                error=answer.error,
                retry_after=answer.retry_after,
            )
        if answer.not_modified and not _asked_conditionally(state.validators):
            return Findings(
                outcome="http_error",
                status=answer.status,
                elapsed=answer.elapsed,
                error="“not modified”, though we have nothing that could be",
            )
        if answer.not_modified:
            return _unchanged("not_modified", answer, _refreshed(state.validators, answer.validators))
        validators = replace(answer.validators, body_hash=sha256(answer.body).hexdigest())
        if validators.body_hash == state.validators.body_hash:
            return _unchanged("same_body", answer, validators)
        try:
            parsed = await self._parsed(answer)
        except FeedUnreadableError as error:
            return _unread("not_a_feed", answer, error)
        except (WorkerTimeoutError, WorkerCrashedError) as error:
            return _unread("parse_timeout", answer, error)
        return await self._decided(feed, parsed, answer, validators, now)

    async def _parsed(self, answer: FetchedFeed) -> ParsedFeed:
        content_type = answer.headers.get("Content-Type", "")
        deadline = self.policy.parse_deadline
        return await self.workers.run(parse_feed, answer.body, content_type, answer.url, deadline=deadline)

    async def _decided(
        self, feed: Feed, parsed: ParsedFeed, answer: FetchedFeed, validators: Validators, now: datetime
    ) -> Findings:
        identified = identify(parsed.entries)
        known = await self.known_entries(feed.id, keys_of(identified))
        decision = decide(feed, parsed, identified, known, now=now, oldest=self.policy.oldest)
        whole: PollOutcome = "new_entries" if decision.stories else "no_new_entries"
        return Findings(
            outcome=whole if parsed.complete else "partial",
            status=answer.status,
            elapsed=answer.elapsed,
            error=None if parsed.complete else "the document ends early",
            validators=validators if parsed.complete else None,
            decision=decision,
        )


def _unchanged(outcome: PollOutcome, answer: FetchedFeed, validators: Validators) -> Findings:
    return Findings(outcome=outcome, status=answer.status, elapsed=answer.elapsed, validators=validators)


def _asked_conditionally(validators: Validators) -> bool:
    return validators.etag is not None or validators.last_modified is not None


def _refreshed(old: Validators, new: Validators) -> Validators:
    """The validators after "not modified": what that answer brought replaces what we had."""
    return replace(old, etag=new.etag or old.etag, last_modified=new.last_modified or old.last_modified)


def _unread(outcome: PollOutcome, answer: FetchedFeed, error: PactwatchError) -> Findings:
    words = without_control(str(error))[:LONGEST_ERROR]
    return Findings(outcome=outcome, status=answer.status, elapsed=answer.elapsed, error=words)
