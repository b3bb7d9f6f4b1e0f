"""A publisher with a feed: what it publishes, edits and drops, and an exact account of what it served."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Literal

from tests.origin.answers import Answer, refusal, whole
from tests.unit.services.ingest.rss_documents import item, rss

Etags = Literal["honest", "none", "lying", "fresh"]
"""`lying`: the same for ever, whatever is served; `fresh`: new at every answer, though nothing changed."""

Override = Callable[[str, Mapping[str, str], datetime], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One report as its publisher knows it: `name` stays whatever else changes."""

    name: str
    title: str
    text: str = "It sailed at dawn."
    guid: str | None = None
    link: str | None = None
    published: datetime | str | None = None

    def rendered(self) -> str:
        date = self.published
        return item(
            self.title,
            guid=self.guid,
            link=self.link,
            text=self.text,
            date=format_datetime(date) if isinstance(date, datetime) else date,
        )


Account = dict[str, list[tuple[str, str]]]
"""The titles and texts of each entry, by its name, in the order in which they were first there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happens at the publisher's at that time."""

    at: datetime
    happens: Callable[["Newsroom"], object]


@dataclass(slots=True, kw_only=True)
class Newsroom:
    """A host whose every path is its feed, the newest entry first.

    The feed holds the last `keeps` entries. `script` is played as the simulated clock passes its steps. While
    `override` is set it answers instead. `served` is the account of what whole answers
    held, `shown` of what any answer may have; `delivered_last` the entries of the last whole one.
    """

    entries: list[Entry] = field(default_factory=list)
    etags: Etags = "honest"
    override: Override | None = None
    script: Sequence[Step] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    keeps: int = 10_000
    served: Account = field(default_factory=dict)
    shown: Account = field(default_factory=dict)
    delivered_last: tuple[Entry, ...] | None = None
    answers: int = 0
    _played: int = 0
    _documents: dict[bytes, tuple[Entry, ...]] = field(default_factory=dict)

    def publish(self, *entries: Entry) -> None:
        self.entries = [*reversed(entries), *self.entries][: self.keeps]

    def edit(self, name: str, *, title: str | None = None, text: str | None = None) -> None:
        def edited(entry: Entry) -> Entry:
            return replace(entry, title=title or entry.title, text=text or entry.text)

        self.entries = [edited(entry) if entry.name == name else entry for entry in self.entries]

    def change_all(self, change: Callable[[Entry], Entry]) -> None:
        self.entries = [change(entry) for entry in self.entries]

    def drop(self, name: str) -> None:
        self.entries = [entry for entry in self.entries if entry.name != name]

    def document(self) -> bytes:
        return rss(*(entry.rendered() for entry in self.entries)).encode()

    def answer(self, path: str, headers: Mapping[str, str], now: datetime) -> Answer:
        self.answers += 1
        while self._played < len(self.script) and self.script[self._played].at <= now:
            self.script[self._played].happens(self)
            self._played += 1
        for entry in self.entries:
            _note(self.shown, entry)
        if self.override is not None:
            return self.override(path, headers, now)
        return self._document_answer(headers)

    def delivered(self, answer: Answer) -> None:
        known = self._documents.get(answer.body) if answer.manner is whole else None
        self.delivered_last = known or self.delivered_last
        for entry in known or ():
            _note(self.served, entry)

    def forget_delivered(self) -> None:
        """From now on `delivered_last` is of a later answer or None."""
        self.delivered_last = None

    def _document_answer(self, headers: Mapping[str, str]) -> Answer:
        body = self.document()
        etag = self._etag(body)
        validators = {"ETag": etag} if etag else {}
        if etag and headers.get("if-none-match") == etag:
            return Answer(status=304, headers=validators)
        self._documents[body] = tuple(self.entries)
        kind = {"Content-Type": "application/rss+xml; charset=utf-8"}
        return Answer(body=body, headers={**kind, **validators, **self.headers})

    def _etag(self, body: bytes) -> str | None:
        match self.etags:
            case "honest":
                return f'"{sha256(body).hexdigest()[:16]}"'
            case "lying":
                return '"for-ever"'
            case "fresh":
                return f'"answer-{self.answers}"'
            case "none":
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """Newsrooms on one host, by path."""

    rooms: Mapping[str, Newsroom]

    def answer(self, path: str, headers: Mapping[str, str], now: datetime) -> Answer:
        return self.rooms[path].answer(path, headers, now) if path in self.rooms else refusal(404)

    def delivered(self, answer: Answer) -> None:
        for room in self.rooms.values():
            room.delivered(answer)


@dataclass(slots=True, kw_only=True)
class Stubborn:
    """A host that gives the same answer to everything."""

    always: Answer

    def answer(self, _path: str, _headers: Mapping[str, str], _now: datetime) -> Answer:
        return self.always

    def delivered(self, _answer: Answer) -> None: ...


def _note(account: Account, entry: Entry) -> None:
    versions = account.setdefault(entry.name, [])
    if (entry.title, entry.text) not in versions:
        versions.append((entry.title, entry.text))
