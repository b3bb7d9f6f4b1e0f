"""What a document means for us: pure decisions over what it holds and what we knew before.

A row says what was last sent of an entry, or, with revision 0, what its feed showed of a story that another
feed of the outlet had brought. The newest revision of a story is the highest of all its rows: feeds of one
outlet take turns in counting it on, and each compares what it shows with what it showed itself, so that a
feed of teasers and one of full texts do not correct each other for ever.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from services.ingest.documents.dates import plausible
from services.ingest.documents.parsed import ParsedFeed
from services.ingest.entries.identity import IdentifiedEntry
from services.ingest.entries.matching import Match, Matcher
from services.ingest.entries.revisions import sending
from shared.model.feed import EntryState, Feed, KnownEntry
from shared.model.ids import story_id
from shared.model.story import Story

SEEN_AGAIN_AFTER: Final = timedelta(days=1)
"""An unchanged entry is written again only when its `last_seen_at` is older than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Stories to publish, rows to store once they are, and what became of every entry of the document.

    `dropped` are keys of this feed whose rows others replace. `known_share` is how many of the entries were
    known before, from 0 to 1; None if there were none.
    """

    stories: tuple[Story, ...]
    entries: tuple[KnownEntry, ...]
    counts: dict[EntryState, int]
    dropped: tuple[str, ...] = ()
    known_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What becomes of one entry: the revision it is published as, and its row if that changes."""

    state: EntryState
    revision: int | None = None
    row: KnownEntry | None = None


_UNCHANGED: Final = _Verdict(state="unchanged")


def keys_of(identified: Sequence[IdentifiedEntry]) -> tuple[str, ...]:
    """The keys under which the entries may be known."""
    keys = {key for entry in identified for key in (entry.key, entry.second_key) if key is not None}
    return tuple(sorted(keys))


def link_keys_of(identified: Sequence[IdentifiedEntry]) -> tuple[str, ...]:
    """The links under which the entries may be known."""
    return tuple(sorted({entry.link_key for entry in identified if entry.link_key is not None}))


def held(rows: Iterable[KnownEntry], known: Iterable[KnownEntry]) -> tuple[KnownEntry, ...]:
    """Of the rows of a decision those to store before its stories are published: not acknowledged yet."""
    acknowledged: dict[str, int] = {}
    for row in known:
        acknowledged[row.story_id] = max(row.acknowledged, acknowledged.get(row.story_id, 0))
    before = ((row, acknowledged.get(row.story_id, 0)) for row in rows)
    return tuple(replace(row, acknowledged=so_far) for row, so_far in before if row.revision > so_far)


def decide(
    feed: Feed,
    parsed: ParsedFeed,
    identified: Sequence[IdentifiedEntry],
    known: Sequence[KnownEntry],
    *,
    now: datetime,
    oldest: timedelta | None,
) -> Decision:
    """Decide each entry of a document once. `known` are the rows of the outlet that have one of its keys or
    links, with all rows of their stories.

    New entries are published, changed ones revised, and what may not have reached the stream is sent again;
    an entry published longer ago than `oldest` and never seen before is too old; a duplicate is a second
    entry with the key of an earlier one, or a story that another feed of the outlet had first.
    """
    matcher = Matcher(feed.id, identified, known)
    verdicts: dict[str, _Verdict] = {}
    counts: Counter[EntryState] = Counter()
    stories: list[Story] = []
    dropped: list[str] = []
    familiar: Counter[str] = Counter()
    for candidate in identified:
        match = matcher.match(candidate)
        if match.key in verdicts:
            counts["duplicate"] += 1
            familiar.update([match.key] if match.key in familiar else [])
            continue
        verdict = verdicts[match.key] = _verdict(feed, candidate, match, now, oldest)
        counts[verdict.state] += 1
        if match.rows or verdict.state == "too_old":
            familiar.update([match.key])
        if verdict.row is not None:
            matcher.learn(verdict.row)
            dropped.extend(matcher.replaced(feed.outlet, verdict.row))
        if verdict.revision is not None:
            stories.append(_story(feed, parsed, candidate, match, verdict.revision, now))
    counts["over_cap"] += parsed.over_cap
    counts["undecodable"] += parsed.undecodable
    return Decision(
        stories=tuple(stories),
        entries=tuple(verdict.row for verdict in verdicts.values() if verdict.row is not None),
        counts={state: count for state, count in counts.items() if count},
        dropped=tuple(dropped),
        known_share=familiar.total() / len(identified) if identified else None,
    )


def _verdict(
    feed: Feed, candidate: IdentifiedEntry, match: Match, now: datetime, oldest: timedelta | None
) -> _Verdict:
    if not match.rows and _is_too_old(candidate, now, oldest):
        return _Verdict(state="too_old")
    acknowledged = max((row.acknowledged for row in match.rows), default=0)
    revision = sending(candidate.content_hash, match)
    if revision is not None:
        row = _row(feed, candidate, match, revision, now)
        return _Verdict(state="revised" if acknowledged else "published", revision=revision, row=row)
    shown = _shown(candidate, match)
    if match.own is None:
        return _Verdict(state="duplicate", row=_row(feed, candidate, match, shown, now))
    if _is_as_it_was(candidate, match.key, shown, match.own, now):
        return _UNCHANGED
    return _Verdict(state="unchanged", row=_row(feed, candidate, match, shown, now))


def _is_too_old(candidate: IdentifiedEntry, now: datetime, oldest: timedelta | None) -> bool:
    published_at, source = plausible(candidate.entry.published_at, candidate.entry.published_source, now)
    return oldest is not None and source not in ("first_seen", "clamped") and now - published_at > oldest


def _shown(candidate: IdentifiedEntry, match: Match) -> int:
    """As which revision an entry that is not sent is on the stream: 0 if only in other words."""
    arrived = (row for row in match.rows if row.acknowledged == row.revision)
    return max((row.revision for row in arrived if row.content_hash == candidate.content_hash), default=0)


def _is_as_it_was(candidate: IdentifiedEntry, key: str, shown: int, own: KnownEntry, now: datetime) -> bool:
    """Whether its row would say nothing new."""
    was = (own.entry_key, own.revision, own.acknowledged, own.content_hash, own.link_key)
    now_is = (key, shown, shown, candidate.content_hash, candidate.link_key)
    return was == now_is and now - own.last_seen_at <= SEEN_AGAIN_AFTER


def _story(
    feed: Feed, parsed: ParsedFeed, candidate: IdentifiedEntry, match: Match, revision: int, now: datetime
) -> Story:
    entry = candidate.entry
    first_seen_at = min((row.first_seen_at for row in match.rows), default=now)
    published_at, source = plausible(entry.published_at, entry.published_source, first_seen_at)
    return Story(
        id=_story_id(feed, match),
        revision=revision,
        entry_key=match.key,
        feed_url=feed.url,
        outlet=feed.outlet,
        title=entry.title,
        text=entry.text,
        url=entry.url,
        language=feed.language or parsed.language,
        published_at=published_at,
        published_source=source,
        first_seen_at=first_seen_at,
        revised_at=now if revision > 1 else None,
        content_hash=candidate.content_hash,
    )


def _story_id(feed: Feed, match: Match) -> str:
    return match.rows[0].story_id if match.rows else story_id(feed.outlet, match.key)


def _row(feed: Feed, candidate: IdentifiedEntry, match: Match, revision: int, now: datetime) -> KnownEntry:
    """The row as it is once the stream has the revision."""
    return KnownEntry(
        feed_id=feed.id,
        outlet=feed.outlet,
        entry_key=match.key,
        story_id=_story_id(feed, match),
        revision=revision,
        acknowledged=revision,
        content_hash=candidate.content_hash,
        link_key=candidate.link_key,
        title_key=candidate.title_key,
        published_at=candidate.entry.published_at,
        first_seen_at=min((row.first_seen_at for row in match.rows), default=now),
        last_seen_at=now,
    )
