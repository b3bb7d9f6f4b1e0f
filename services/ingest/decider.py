"""What a document means for us: pure decisions over what it holds and what we knew before."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.ingest.dates import plausible
from services.ingest.identity import IdentifiedEntry
from services.ingest.parsed import ParsedFeed
from shared.model.feed import EntryState, Feed, KnownEntry
from shared.model.ids import story_id
from shared.model.story import Story

SEEN_AGAIN_AFTER = timedelta(days=1)
"""An unchanged entry is written again only when its `last_seen_at` is older than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Stories to publish, rows to store once they are, and what became of every entry of the document."""

    stories: tuple[Story, ...]
    entries: tuple[KnownEntry, ...]
    counts: dict[EntryState, int]


def keys_of(identified: Sequence[IdentifiedEntry]) -> tuple[str, ...]:
    """The keys under which the entries may be known."""
    keys = {key for entry in identified for key in (entry.key, entry.second_key) if key is not None}
    return tuple(sorted(keys))


def decide(
    feed: Feed,
    parsed: ParsedFeed,
    identified: Sequence[IdentifiedEntry],
    known: Mapping[str, KnownEntry],
    *,
    now: datetime,
    oldest: timedelta | None,
) -> Decision:
    """Decide each entry of a document once. `known` maps keys to what we know of them.

    New entries are published, changed ones revised; an entry published longer ago than `oldest` and never
    seen before is too old; a second entry with the key of an earlier one is a duplicate.
    """
    counts: Counter[EntryState] = Counter()
    stories: list[Story] = []
    rows: list[KnownEntry] = []
    seen: set[str] = set()
    only = frozenset(candidate.key for candidate in identified if candidate.second_key is None)
    for candidate in identified:
        key = _key(candidate, known, only | seen)
        before = known.get(key)
        state = "duplicate" if key in seen else _state(candidate, before, now, oldest)
        seen.add(key)
        counts[state] += 1
        if state in ("published", "revised"):
            stories.append(_story(feed, parsed, candidate, key, before, now))
            rows.append(_row(feed, stories[-1], now))
        elif state == "unchanged" and before and now - before.last_seen_at > SEEN_AGAIN_AFTER:
            rows.append(replace(before, last_seen_at=now))
    counts["over_cap"] += parsed.over_cap
    counts["undecodable"] += parsed.undecodable
    return Decision(
        stories=tuple(stories),
        entries=tuple(rows),
        counts={state: count for state, count in counts.items() if count},
    )


def _key(candidate: IdentifiedEntry, known: Mapping[str, KnownEntry], taken: AbstractSet[str]) -> str:
    """The second key for articles that share a guid, and for those that once did.

    The article that had the guid for itself keeps it, unless it is `taken` by another of the document.
    """
    if candidate.second_key is None:
        return candidate.key
    if candidate.second_key in known:
        return candidate.second_key
    before = None if candidate.key in taken else known.get(candidate.key)
    is_the_known_one = before is not None and before.content_hash == candidate.content_hash
    return candidate.second_key if candidate.contested and not is_the_known_one else candidate.key


def _state(
    candidate: IdentifiedEntry, before: KnownEntry | None, now: datetime, oldest: timedelta | None
) -> EntryState:
    if before is not None:
        return "unchanged" if before.content_hash == candidate.content_hash else "revised"
    published_at, source = plausible(candidate.entry.published_at, candidate.entry.published_source, now)
    if oldest is not None and source not in ("first_seen", "clamped") and now - published_at > oldest:
        return "too_old"
    return "published"


def _story(
    feed: Feed,
    parsed: ParsedFeed,
    candidate: IdentifiedEntry,
    key: str,
    before: KnownEntry | None,
    now: datetime,
) -> Story:
    entry = candidate.entry
    first_seen_at = before.first_seen_at if before else now
    published_at, source = plausible(entry.published_at, entry.published_source, first_seen_at)
    return Story(
        id=before.story_id if before else story_id(feed.outlet, key),
        revision=before.revision + 1 if before else 1,
        entry_key=key,
        feed_url=feed.url,
        outlet=feed.outlet,
        title=entry.title,
        text=entry.text,
        url=entry.url,
        language=feed.language or parsed.language,
        published_at=published_at,
        published_source=source,
        first_seen_at=first_seen_at,
        revised_at=now if before else None,
        content_hash=candidate.content_hash,
    )


def _row(feed: Feed, story: Story, now: datetime) -> KnownEntry:
    return KnownEntry(
        feed_id=feed.id,
        entry_key=story.entry_key,
        story_id=story.id,
        revision=story.revision,
        content_hash=story.content_hash,
        first_seen_at=story.first_seen_at,
        last_seen_at=now,
    )
