"""Feeds as the API takes and gives them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.api.coverage import CoverageStatement
from services.api.schemas.texts import Line, Url, Word
from shared.http.urls import http_url
from shared.model.feed import Document, EntryState, Feed, FeedState, Poll, PollOutcome
from shared.model.health import HealthState
from shared.model.ids import feed_id

Name = Annotated[Line, Field(min_length=1)]
Language = Annotated[Word, Field(max_length=16)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166")]
Tier = Annotated[int, Field(ge=1, le=3, description="1 primary or wire, 2 established, 3 other")]
IntervalSeconds = Annotated[int, Field(ge=60, le=86_400)]


class FeedIn(BaseModel):
    """A feed to watch; without `outlet` its host stands for it, `interval_seconds` of null leaves the rhythm
    to the schedule. `owner` is who controls the outlet: outlets of one owner are not independent."""

    model_config = ConfigDict(extra="forbid")

    url: Url
    name: Name
    outlet: Name | None = None
    language: Language | None = None
    owner: Name | None = None
    country: Country | None = None
    tier: Tier | None = None
    enabled: bool = True
    interval_seconds: IntervalSeconds | None = None

    def value(self) -> Feed:
        """The feed as the model has it; its id derives from the address."""
        return Feed(
            id=feed_id(self.url),
            url=self.url,
            name=self.name,
            outlet=self.outlet or http_url(self.url).host or self.name,
            language=self.language,
            enabled=self.enabled,
            interval=_interval(self.interval_seconds),
            owner=self.owner,
            country=self.country,
            tier=self.tier,
        )


class FeedChange(BaseModel):
    """What to change of a feed; what is not named stays, and null takes away. Its address and its outlet name
    it and its stories: for others, watch another feed."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    language: Language | None = None
    owner: Name | None = None
    country: Country | None = None
    tier: Tier | None = None
    enabled: bool | None = None
    interval_seconds: IntervalSeconds | None = None

    @field_validator("name", "enabled")
    @classmethod
    def _is_given(cls, value: object) -> object:
        if value is None:
            msg = "cannot be taken away"
            raise ValueError(msg)
        return value

    def applied_to(self, feed: Feed) -> Feed:
        """The feed as it is after the change."""
        changes: dict[str, Any] = self.model_dump(exclude_unset=True)
        if "interval_seconds" in changes:
            changes["interval"] = _interval(changes.pop("interval_seconds"))
        return replace(feed, **changes)


class HealthOut(BaseModel):
    """How well a feed is read, since when, and why in words."""

    state: HealthState
    since: datetime
    reason: str


class MoveOut(BaseModel):
    """Where permanent redirects lead of late, since when, and how many answers in a row agreed; 0 if strange
    entries came from there, so that it is not believed. The feed is asked there (`address`) after three
    answers over at least a day."""

    to: str
    since: datetime
    answers: int


class FeedOut(BaseModel):
    """A feed, and how its polls go: null before the first.

    - `interval_seconds` is the configured rhythm, `interval_in_force_seconds` the one it is polled in.
    - `health` is null until the feed was read once, was not found at its first poll, or failed twice.
    - `failing_since` is when the first of the polls in a row failed that gave no whole document, null after a
      good one; `failure_points` what they weigh together: 1 for what mends by itself (out of reach, an error,
      busy, half a document), 3 for "not found" or "gone", 2 for all else. They stretch the interval.
    - `address` is where it is asked since it moved, null while that is `url`; `moving_to` where it seems to
      move, while that is not sure.
    - `document` is the last that was read well; `gap_suspected_at` the last time that a document shared no
      entry with the one before, so that some may have come and gone unseen.
    - `totals` counts what became of all entries of its `polls`.
    """

    id: str
    url: str
    name: str
    outlet: str
    language: str | None
    owner: str | None
    country: str | None
    tier: int | None
    enabled: bool
    interval_seconds: int | None
    interval_in_force_seconds: int | None = None
    health: HealthOut | None = None
    next_poll_at: datetime | None = None
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    last_outcome: PollOutcome | None = None
    last_error: str | None = None
    failing_since: datetime | None = None
    failure_points: int | None = None
    address: str | None = None
    moving_to: MoveOut | None = None
    document: Document | None = None
    gap_suspected_at: datetime | None = None
    polls: int = 0
    totals: dict[EntryState, int] = {}

    @classmethod
    def of(cls, feed: Feed, state: FeedState | None) -> "FeedOut":
        known = {} if state is None else _known(state)
        return cls(
            id=feed.id,
            url=feed.url,
            name=feed.name,
            outlet=feed.outlet,
            language=feed.language,
            owner=feed.owner,
            country=feed.country,
            tier=feed.tier,
            enabled=feed.enabled,
            interval_seconds=_seconds(feed.interval),
            interval_in_force_seconds=_seconds((state and state.interval) or feed.interval),
            **known,
        )


class PollOut(BaseModel):
    """One poll: `entries` counts what became of each entry of the document, `size` is in bytes."""

    at: datetime
    outcome: PollOutcome
    status: int | None
    elapsed_ms: int
    size: int | None
    entries: dict[EntryState, int]
    gap_suspected: bool
    error: str | None

    @classmethod
    def of(cls, poll: Poll) -> "PollOut":
        return cls(
            at=poll.at,
            outcome=poll.outcome,
            status=poll.status,
            elapsed_ms=round(poll.elapsed.total_seconds() * 1000),
            size=poll.size,
            entries=poll.entries,
            gap_suspected=poll.gap_suspected,
            error=poll.error,
        )


class PollsOut(BaseModel):
    """The last polls of a feed, the newest first, at most a hundred."""

    items: list[PollOut]
    coverage: CoverageStatement


def _known(state: FeedState) -> dict[str, Any]:
    health, move = state.health, state.move
    return {
        "health": health and HealthOut(state=health.state, since=health.since, reason=health.reason),
        "next_poll_at": state.next_poll_at,
        "last_poll_at": state.last_poll_at,
        "last_success_at": state.last_success_at,
        "last_new_at": state.last_new_at,
        "last_outcome": state.last_outcome,
        "last_error": state.last_error,
        "failing_since": state.failing_since,
        "failure_points": state.failures,
        "address": state.address,
        "moving_to": move and MoveOut(to=move.to, since=move.since, answers=move.answers),
        "document": state.document,
        "gap_suspected_at": state.gap_suspected_at,
        "polls": state.polls,
        "totals": dict(state.totals),
    }


def _seconds(interval: timedelta | None) -> int | None:
    return None if interval is None else int(interval.total_seconds())


def _interval(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
