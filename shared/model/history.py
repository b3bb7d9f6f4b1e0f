"""What correlation has to know of the past to place and judge one more story."""

from dataclasses import dataclass
from datetime import datetime

from shared.model.alert import Alert, Event
from shared.model.times import require_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveStory:
    """A relevant story recent enough to be compared with; `sequence` is its place in order of arrival."""

    sequence: int
    story_id: str
    revision: int
    event_id: str
    published_at: datetime

    def __post_init__(self) -> None:
        require_utc(self, "published_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of one revision of a story, and whose they are where the reader asked for that."""

    story_id: str
    revision: int
    title: str
    text: str
    outlet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventHistory:
    """An event so far: its alerts, oldest first, and who carries it.

    `told` is the wording under which the story in question was last told, None when it never was.
    """

    event: Event
    alerts: tuple[Alert, ...]
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    told: Wording | None
