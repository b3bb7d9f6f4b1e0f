"""Subscriptions as the API takes and gives them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.api.schemas.texts import Line, Url, Word
from shared.model.alert import Reason
from shared.model.subscription import Filter, Subscription


class FilterIn(BaseModel):
    """What is wanted; an empty list asks for all.

    `feeds` asks for messages about feeds too: `feed.unhealthy`, `feed.recovered`, and `feed.changes` when
    many feeds change at once; of the other criteria only `languages` is applied to them.
    """

    model_config = ConfigDict(extra="forbid")

    min_severity: Annotated[int, Field(ge=1, le=5)] = 1
    categories: Annotated[tuple[Word, ...], Field(max_length=100)] = ()
    languages: Annotated[tuple[Word, ...], Field(max_length=100)] = ()
    reasons: Annotated[tuple[Reason, ...], Field(max_length=20)] = ()
    feeds: bool = True

    def value(self) -> Filter:
        """The filter as the model has it."""
        return Filter(
            min_severity=self.min_severity,
            categories=self.categories,
            languages=self.languages,
            reasons=self.reasons,
            feeds=self.feeds,
        )


class SubscriptionIn(BaseModel):
    """A webhook endpoint and what it wants."""

    model_config = ConfigDict(extra="forbid")

    url: Url
    description: Line = ""
    filter: FilterIn = FilterIn()


class SubscriptionOut(BaseModel):
    """A subscription, without its secret."""

    id: str
    url: str
    description: str
    filter: Filter
    enabled: bool
    created_at: datetime

    @classmethod
    def of(cls, subscription: Subscription) -> "SubscriptionOut":
        return cls(
            id=subscription.id,
            url=subscription.url,
            description=subscription.description,
            filter=subscription.filter,
            enabled=subscription.enabled,
            created_at=subscription.created_at,
        )


class NewSubscriptionOut(BaseModel):
    """A subscription just made, with its secret: it is shown this once."""

    subscription: SubscriptionOut
    secret: str
