"""What names an entry: its key, the same in every document that carries it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from services.ingest.addresses import canonical_url
from services.ingest.parsed import ParsedEntry

LONGEST_KEY: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedEntry:
    """An entry with its key, its second key for publishers who give several articles one guid, and the hash
    of what readers see of it. `contested`: this document has other articles with the same key."""

    entry: ParsedEntry
    key: str
    second_key: str | None
    content_hash: str
    contested: bool = False


def identify(entries: Sequence[ParsedEntry]) -> tuple[IdentifiedEntry, ...]:
    """The entries of one document, in its order, each with its keys."""
    keys = [(_first_key(entry), _second_key(entry)) for entry in entries]
    articles = Counter(first for first, _ in set(keys))
    return tuple(
        IdentifiedEntry(
            entry=entry,
            key=first,
            second_key=second,
            content_hash=content_hash(entry.title, entry.text),
            contested=articles[first] > 1,
        )
        for entry, (first, second) in zip(entries, keys, strict=True)
    )


def content_hash(title: str, text: str) -> str:
    """Sha256 (hex) of what readers see: a changed date or address is no revision."""
    return sha256(f"{title}\0{text}".encode()).hexdigest()


def _first_key(entry: ParsedEntry) -> str:
    """The guid, else the canonical link, else title and date."""
    if entry.guid is not None:
        # Publishers move their guids to https with their site; it is the same article.
        secure = entry.guid.startswith("http://")
        return _bounded("https://" + entry.guid.removeprefix("http://") if secure else entry.guid)
    if entry.url is not None:
        return _bounded(canonical_url(entry.url))
    date = entry.published_at.date().isoformat() if entry.published_at else ""
    return _bounded(f"{entry.title or content_hash('', entry.text)} {date}".strip())


def _second_key(entry: ParsedEntry) -> str | None:
    if entry.guid is None or entry.url is None:
        return None
    return _bounded(f"{_first_key(entry)} {canonical_url(entry.url)}")


def _bounded(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else "sha256:" + sha256(key.encode()).hexdigest()
