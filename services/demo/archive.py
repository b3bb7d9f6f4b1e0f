"""The sample archive: what eight invented outlets published, and what their feeds showed at any moment.

The stories are YAML files beside this module, one per outlet. `relevant` is what a person following the
labelling policy would say of the story, and `why` is why not.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Annotated, Literal, TypeVar

import msgspec

from shared.errors import InputError
from shared.model.times import require_utc

FEED_LENGTH = 30
"""Entries a feed shows at most."""

WhyNot = Literal[
    "dprk_missile_test",
    "civil_ties",
    "civil_labour",
    "historical",
    "other_conflict",
    "sport",
    "satire",
    "axis_mention",
    "none",
]


class FeedFormat(StrEnum):
    """The syntax of an outlet's feed."""

    RSS = "rss"
    ATOM = "atom"


class Markup(StrEnum):
    """What the text of an outlet's stories is: plain (one paragraph per line) or HTML."""

    PLAIN = "plain"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOutlet:
    """One invented outlet; `language` is that of most of its stories."""

    id: str
    name: str
    domain: str
    language: str
    format: FeedFormat
    feed_path: str
    markup: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What changed in a story at a moment; None leaves as it was."""

    at: datetime
    title: str | None = None
    text: str | None = None
    published: datetime | None = None

    def __post_init__(self) -> None:
        require_utc(self, "at", "published")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleStory:
    """A story as first published, and its revisions, oldest first."""

    outlet_id: str
    guid: str
    published: datetime
    language: str
    title: str
    text: str
    url: str
    relevant: bool
    why: WhyNot | None = None
    revisions: tuple[Revision, ...] = ()

    def __post_init__(self) -> None:
        require_utc(self, "published")
        if self.relevant == (self.why is not None):
            raise InputError(f"{self.guid}: an irrelevant story says why, a relevant one does not")
        moments = (self.published, *(revision.at for revision in self.revisions))
        if any(later <= earlier for earlier, later in pairwise(moments)):
            raise InputError(f"{self.guid}: revisions are not in order of time")
        if any(revision.published and revision.published > revision.at for revision in self.revisions):
            raise InputError(f"{self.guid}: a revision is dated in its own future")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEntry:
    """A story as a feed shows it at one moment; `updated` is when anything in it last changed."""

    guid: str
    url: str
    language: str
    title: str
    text: str
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """All sample outlets and their stories."""

    outlets: tuple[SampleOutlet, ...]
    stories: tuple[SampleStory, ...]

    def stories_of(self, outlet_id: str) -> tuple[SampleStory, ...]:
        """The outlet's stories, in the order of its file."""
        return tuple(story for story in self.stories if story.outlet_id == outlet_id)


def entries_as_of(archive: Archive, outlet_id: str, now: datetime) -> tuple[SampleEntry, ...]:
    """What the outlet's feed shows at `now`: revisions applied, newest first, at most FEED_LENGTH."""
    shown = [_as_of(story, now) for story in archive.stories_of(outlet_id) if story.published <= now]
    shown.sort(key=lambda entry: (entry.published, entry.guid), reverse=True)
    return tuple(shown[:FEED_LENGTH])


def _as_of(story: SampleStory, now: datetime) -> SampleEntry:
    entry = SampleEntry(
        guid=story.guid,
        url=story.url,
        language=story.language,
        title=story.title,
        text=story.text,
        published=story.published,
        updated=story.published,
    )
    for revision in story.revisions:
        if revision.at <= now:
            entry = _revised(entry, revision)
    return entry


def _revised(entry: SampleEntry, revision: Revision) -> SampleEntry:
    return replace(
        entry,
        title=revision.title or entry.title,
        text=revision.text or entry.text,
        published=revision.published or entry.published,
        updated=revision.at,
    )


Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _RevisionRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at: Moment
    title: str | None = None
    text: str | None = None
    published: Moment | None = None


class _StoryRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    guid: str
    published: Moment
    language: str
    title: str
    text: str
    url: str
    relevant: bool
    why: WhyNot | None = None
    revised: tuple[_RevisionRecord, ...] = ()


class _StoriesFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    outlet: str
    stories: tuple[_StoryRecord, ...]


class _OutletsFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    outlets: tuple[SampleOutlet, ...]


def load_archive(folder: Traversable | None = None) -> Archive:
    """The archive in `folder`, by default the one that ships with the package.

    Raises InputError naming the file or the story that is wrong.
    """
    folder = folder or files("services.demo") / "archive"
    outlets = _read(folder / "outlets.yaml", _OutletsFile).outlets
    stories = [story for outlet in outlets for story in _read_stories(folder, outlet)]
    return Archive(outlets=outlets, stories=tuple(stories))


def _read_stories(folder: Traversable, outlet: SampleOutlet) -> list[SampleStory]:
    records = _read(folder / f"{outlet.id}.yaml", _StoriesFile)
    if records.outlet != outlet.id:
        raise InputError(f"{outlet.id}.yaml: holds the stories of {records.outlet}")
    return [_story(outlet.id, record) for record in records.stories]


def _story(outlet_id: str, record: _StoryRecord) -> SampleStory:
    fields = msgspec.structs.asdict(record)
    revised = fields.pop("revised")
    revisions = tuple(Revision(**msgspec.structs.asdict(revision)) for revision in revised)
    return SampleStory(outlet_id=outlet_id, revisions=revisions, **fields)


_File = TypeVar("_File", _StoriesFile, _OutletsFile)


def _read(path: Traversable, shape: type[_File]) -> _File:
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=shape)
    except (OSError, msgspec.DecodeError, ValueError) as error:
        raise InputError(f"{path.name}: {error}") from error
