"""Events, the alerts about them, and why each story did or did not cause one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.model.claim import Claim
from shared.model.tag import Evidence
from shared.model.times import require_utc

Reason = Literal[
    "first_report",
    "development",
    "corroboration",
    "contradiction",
    "severity_raised",
    "correction",
    "retraction",
    "digest",
]
Certainty = Literal["rumour", "single_source", "corroborated", "official", "disputed", "denied"]
Outcome = Literal["notified", "held", "suppressed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One real-world happening that stories report.

    `stories` counts them; `latest_at` is when the newest was first seen.
    """

    id: str
    watch: str
    headline: str
    severity: int
    certainty: Certainty
    categories: tuple[str, ...]
    first_seen_at: datetime
    latest_at: datetime
    stories: int

    def __post_init__(self) -> None:
        require_utc(self, "first_seen_at", "latest_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How widely an event is reported: outlets, independent origins, languages."""

    outlets: tuple[str, ...]
    origins: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStory:
    """A story behind an alert, as much of it as a receiver needs to find and judge it."""

    id: str
    revision: int
    outlet: str
    title: str
    language: str
    url: str | None
    published_at: datetime
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        require_utc(self, "published_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What a subscriber is told about an event.

    `sequence` counts the event's alerts from 1 without gaps; `references` are the ids of earlier alerts it
    updates; `severity` runs from 1 to 5; `because` says in words why it was sent.
    """

    id: str
    event_id: str
    watch: str
    sequence: int
    reason: Reason
    because: str
    severity: int
    certainty: Certainty
    headline: str
    original_headline: str
    original_language: str
    categories: tuple[str, ...]
    claims: tuple[Claim, ...]
    coverage: Coverage
    stories: tuple[AlertStory, ...]
    references: tuple[str, ...]
    published_at: datetime
    first_seen_at: datetime
    alerted_at: datetime

    def __post_init__(self) -> None:
        require_utc(self, "published_at", "first_seen_at", "alerted_at")
        if not 1 <= self.severity <= 5:
            raise ValueError(f"Alert.severity runs from 1 to 5, got {self.severity}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of one revision of one story: exactly one per (story, revision).

    `alert_id` is set when the outcome is notified; `because` says in words why.
    """

    story_id: str
    revision: int
    outcome: Outcome
    reason: str
    because: str
    event_id: str | None
    alert_id: str | None
    decided_at: datetime

    def __post_init__(self) -> None:
        require_utc(self, "decided_at")
