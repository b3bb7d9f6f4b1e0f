"""Which known story an entry is, if any. Pure.

Publishers rename their entries (a new guid for the same page), give several articles one guid or one link,
and carry one story in several feeds. When in doubt two entries are two stories: one told twice does little
harm, one swallowed does.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.ingest.addresses import names_an_article
from services.ingest.entries.identity import IdentifiedEntry
from shared.model.feed import KnownEntry
from shared.model.ids import story_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The key an entry goes by, and the rows of the story it is: this feed's `own`, and all `rows` of the
    outlet, both empty for a new story. `certain` unless another feed uses the key for what looks different.
    """

    key: str
    own: KnownEntry | None = None
    rows: tuple[KnownEntry, ...] = ()
    certain: bool = True


class Matcher:
    """Matches the entries of one document of a feed, in their order, with what is known of the outlet."""

    def __init__(
        self, feed_id: str, identified: Sequence[IdentifiedEntry], known: Iterable[KnownEntry]
    ) -> None:
        self._feed_id = feed_id
        self._present = {key for entry in identified for key in (entry.key, entry.second_key)}
        # An article that has nothing but this key keeps it from those that have a second one.
        self._taken = {entry.key for entry in identified if entry.second_key is None}
        self._by_key: dict[str, dict[str, KnownEntry]] = defaultdict(dict)
        self._by_link: dict[str, set[str]] = defaultdict(set)
        self._by_story: dict[str, dict[tuple[str, str], KnownEntry]] = defaultdict(dict)
        for row in known:
            self.learn(row)

    def learn(self, row: KnownEntry) -> None:
        """This is known from now on, in place of what was known under its feed and key."""
        self._by_key[row.entry_key][row.feed_id] = row
        self._by_story[row.story_id][row.feed_id, row.entry_key] = row
        if row.link_key is not None:
            self._by_link[row.link_key].add(row.story_id)

    def match(self, candidate: IdentifiedEntry) -> Match:
        """Its key is taken from then on: the next article that shares it gets its second."""
        key = self._key(candidate)
        self._taken.add(key)
        named = self._by_key.get(key, {})
        story = _story_of(named, self._feed_id) if named else self._renamed(candidate)
        if story is None:
            return Match(key=key)
        rows = tuple(self._by_story[story].values())
        own = self._latest_own(rows, key)
        certain = own is not None or any(_agree(candidate, row) for row in rows)
        return Match(key=key, own=own, rows=rows, certain=certain)

    def replaced(self, outlet: str, row: KnownEntry) -> tuple[str, ...]:
        """Keys of this feed under which the story of this row need not be known any more.

        The key that gave the story its id stays, so that whatever comes under it later is not taken for the
        first revision of that id.
        """
        return tuple(
            other.entry_key
            for other in self._by_story[row.story_id].values()
            if other.feed_id == self._feed_id
            and other.entry_key not in self._present
            and other.entry_key != row.entry_key
            and other.story_id != story_id(outlet, other.entry_key)
        )

    def _key(self, candidate: IdentifiedEntry) -> str:
        """The second key for articles that share a guid, and for those that once did.

        The article that had the guid for itself keeps it, unless another of the document has it. Feeds of one
        outlet that number their entries mean different articles by the same number.
        """
        first, second = candidate.key, candidate.second_key
        if second is None:
            return first
        rows = {} if first in self._taken else self._by_key.get(first, {})
        own = rows.get(self._feed_id)
        if own is not None and own.content_hash == candidate.content_hash:
            return first
        if candidate.contested or second in self._by_key:
            return second
        if own is not None or not rows or any(_agree(candidate, row) for row in rows.values()):
            return first
        return second

    def _renamed(self, candidate: IdentifiedEntry) -> str | None:
        """The one story known by this link, if it left its old name and agrees in something else."""
        link = candidate.link_key
        if link is None or candidate.link_shared or not names_an_article(link):
            return None
        stories = self._by_link.get(link, set())
        if len(stories) != 1:
            return None
        (story,) = stories
        rows = self._by_story[story].values()
        if any(row.entry_key in self._present for row in rows):
            return None
        return story if any(self._same_article(candidate, row) for row in rows) else None

    def _same_article(self, candidate: IdentifiedEntry, row: KnownEntry) -> bool:
        """A moment alone says it only within one feed, where what reads different is told as a revision."""
        mine = row.feed_id == self._feed_id
        return _read_alike(candidate, row) or (mine and _same_moment(candidate, row))

    def _latest_own(self, rows: Iterable[KnownEntry], key: str) -> KnownEntry | None:
        """What this feed last showed of a story, whatever it called it; another entry of the document, which
        calls it something else now, shows it for itself."""
        shown = [
            row
            for row in rows
            if row.feed_id == self._feed_id and (row.entry_key == key or row.entry_key not in self._present)
        ]
        if len(shown) < 2:  # by far the usual case
            return shown[0] if shown else None
        return max(shown, key=lambda row: (row.revision, row.entry_key == key, row.last_seen_at))


def _story_of(named: dict[str, KnownEntry], feed_id: str) -> str:
    """What this feed means by a key; else what the feed means that used it first."""
    own = named.get(feed_id)
    return (own or min(named.values(), key=lambda row: (row.first_seen_at, row.feed_id))).story_id


def _agree(candidate: IdentifiedEntry, row: KnownEntry) -> bool:
    """Two feeds mean the same article by the same key: it is an address or the like, or something else in
    them is the same too."""
    unique = "/" in candidate.key or ":" in candidate.key
    same_link = candidate.link_key is not None and candidate.link_key == row.link_key
    return unique or same_link or _read_alike(candidate, row)


def _read_alike(candidate: IdentifiedEntry, row: KnownEntry) -> bool:
    same_title = candidate.title_key != "" and candidate.title_key == row.title_key
    return same_title or candidate.content_hash == row.content_hash


def _same_moment(candidate: IdentifiedEntry, row: KnownEntry) -> bool:
    published_at = candidate.entry.published_at
    return published_at is not None and published_at == row.published_at
