"""What names an entry: its key, the same in every document that carries it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from services.ingest.addresses import canonical_url
from services.ingest.characters import single_blanks
from services.ingest.documents.parsed import ParsedEntry
from shared.unicode_forms import normalized

LONGEST_KEY: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedEntry:
    """An entry with its key, its second key for publishers who give several articles one guid, and the hash
    of what readers see of it. `link_key` is its canonical address, `title_key` the hash of its title.

    `contested`: this document has other articles with the same key; `link_shared`: others with the same link.
    """

    entry: ParsedEntry
    key: str
    second_key: str | None
    content_hash: str
    link_key: str | None
    title_key: str
    contested: bool = False
    link_shared: bool = False


def identify(entries: Sequence[ParsedEntry]) -> tuple[IdentifiedEntry, ...]:
    """The entries of one document, in its order, each with its keys."""
    links = [None if entry.url is None else _bounded(canonical_url(entry.url)) for entry in entries]
    keys = [_first_key(entry, link) for entry, link in zip(entries, links, strict=True)]
    seconds = [
        None if entry.guid is None or link is None else _bounded(f"{key} {link}")
        for entry, key, link in zip(entries, keys, links, strict=True)
    ]
    articles = Counter(key for key, _ in set(zip(keys, seconds, strict=True)))
    sharers = Counter(link for _, link in set(zip(keys, links, strict=True)))
    titles = [_plain(entry.title) for entry in entries]
    return tuple(
        IdentifiedEntry(
            entry=entry,
            key=key,
            second_key=second,
            content_hash=_hash(f"{title}\0{_plain(entry.text)}"),
            link_key=link,
            # Nothing for no title: entries without one have nothing in common.
            title_key=_hash(title) if title else "",
            contested=articles[key] > 1,
            link_shared=sharers[link] > 1,
        )
        for entry, key, second, link, title in zip(entries, keys, seconds, links, titles, strict=True)
    )


def content_hash(title: str, text: str) -> str:
    """Sha256 (hex) of what readers see. A changed date or address is no revision, nor is another way to
    break lines or to write an accent."""
    return _hash(f"{_plain(title)}\0{_plain(text)}")


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _first_key(entry: ParsedEntry, link: str | None) -> str:
    """The guid, else the canonical link, else title and date."""
    if entry.guid is not None:
        # Publishers move their guids to https with their site; it is the same article.
        secure = entry.guid.startswith("http://")
        return _bounded("https://" + entry.guid.removeprefix("http://") if secure else entry.guid)
    if link is not None:
        return link
    date = entry.published_at.date().isoformat() if entry.published_at else ""
    return _bounded(f"{entry.title or content_hash('', entry.text)} {date}".strip())


def _plain(text: str) -> str:
    return single_blanks(normalized("NFC", text))


def _bounded(key: str) -> str:
    """The key as databases can hold it: not too long, and without NUL."""
    fits = len(key) <= LONGEST_KEY and "\0" not in key
    return key if fits else "sha256:" + _hash(key)
