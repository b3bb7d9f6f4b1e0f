"""Feeds as the API takes and gives them."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.api.schemas.texts import Line, Url, Word
from shared.model.feed import Feed, FeedState, PollOutcome
from shared.model.ids import feed_id


class FeedIn(BaseModel):
    """A feed to watch; without `outlet` its name stands for it, `interval_seconds` of null leaves the rhythm
    to the schedule."""

    model_config = ConfigDict(extra="forbid")

    url: Url
    name: Annotated[Line, Field(min_length=1)]
    outlet: Line | None = None
    language: Annotated[Word, Field(max_length=16)] | None = None
    interval_seconds: Annotated[int, Field(ge=60, le=86_400)] | None = None

    def value(self) -> Feed:
        """The feed as the model has it; its id derives from the address."""
        return Feed(
            id=feed_id(self.url),
            url=self.url,
            name=self.name,
            outlet=self.outlet or self.name,
            language=self.language,
            interval=None if self.interval_seconds is None else timedelta(seconds=self.interval_seconds),
        )


class FeedOut(BaseModel):
    """A feed and how its polls go; the latter is null before the first."""

    id: str
    url: str
    name: str
    outlet: str
    language: str | None
    enabled: bool
    interval_seconds: int | None
    next_poll_at: datetime | None = None
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    last_outcome: PollOutcome | None = None
    last_error: str | None = None
    failures: int | None = None

    @classmethod
    def of(cls, feed: Feed, state: FeedState | None) -> "FeedOut":
        health = (
            {}
            if state is None
            else {
                "next_poll_at": state.next_poll_at,
                "last_poll_at": state.last_poll_at,
                "last_success_at": state.last_success_at,
                "last_new_at": state.last_new_at,
                "last_outcome": state.last_outcome,
                "last_error": state.last_error,
                "failures": state.failures,
            }
        )
        return cls.model_validate(
            {
                "id": feed.id,
                "url": feed.url,
                "name": feed.name,
                "outlet": feed.outlet,
                "language": feed.language,
                "enabled": feed.enabled,
                "interval_seconds": _seconds(feed.interval),
                **health,
            }
        )


def _seconds(interval: timedelta | None) -> int | None:
    return None if interval is None else int(interval.total_seconds())
