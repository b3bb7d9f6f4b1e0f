"""Stories and alerts as the API gives them."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from services.api.dependencies import ListedAlert, ListedStory
from shared.model.alert import AlertStory, Certainty, Coverage, Reason
from shared.model.article import Article
from shared.model.claim import Claim
from shared.model.origin import Origin
from shared.model.story import PublishedSource
from shared.model.tag import CategoryCodes, EntityMention, Evidence, Tier

EXCERPT_CHARACTERS: Final = 300


class StoryOut(BaseModel):
    """A story and the tagger's verdict on it; evidence and claims count code points of title and text.

    `text` is null where the operator serves excerpts only. `origin` says which earlier story it repeats and
    which agency it credits; null for a story that is not relevant. `article` is the page that completed the
    text, null where the feed's own text was read.
    """

    sequence: int
    state: str
    id: str
    revision: int
    outlet: str
    feed_url: str
    title: str
    excerpt: str
    text: str | None
    url: str | None
    language: str
    published_at: datetime
    published_source: PublishedSource
    first_seen_at: datetime
    revised_at: datetime | None
    tagged_at: datetime
    relevant: bool
    score: float
    tier: Tier
    categories: tuple[str, ...]
    entities: tuple[EntityMention, ...]
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
    version: str
    codes: tuple[CategoryCodes, ...]
    origin: Origin | None
    article: Article | None

    @classmethod
    def of(cls, listed: ListedStory, *, full_text: bool) -> "StoryOut":
        story, tags = listed.tagged.story, listed.tagged.tags
        return cls(
            sequence=listed.sequence,
            state=listed.state,
            id=story.id,
            revision=story.revision,
            outlet=story.outlet,
            feed_url=story.feed_url,
            title=story.title,
            excerpt=story.text[:EXCERPT_CHARACTERS],
            text=story.text if full_text else None,
            url=story.url,
            language=tags.language,
            published_at=story.published_at,
            published_source=story.published_source,
            first_seen_at=story.first_seen_at,
            revised_at=story.revised_at,
            tagged_at=listed.tagged.tagged_at,
            relevant=tags.relevant,
            score=tags.score,
            tier=tags.tier,
            categories=tags.categories,
            entities=tags.entities,
            claims=tags.claims,
            evidence=tags.evidence,
            version=tags.version,
            codes=tags.codes,
            origin=listed.origin,
            article=_shown(listed.tagged.article, full_text=full_text),
        )


def _shown(article: Article | None, *, full_text: bool) -> Article | None:
    """A teaser may be long, such as a report that breaks off."""
    if article is None or full_text:
        return article
    return replace(article, teaser=article.teaser[:EXCERPT_CHARACTERS])


class AlertOut(BaseModel):
    """An alert; `position` is its place in the list of all, `sequence` counts within its event."""

    position: int
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

    @classmethod
    def of(cls, listed: ListedAlert) -> "AlertOut":
        alert = {field.name: getattr(listed.alert, field.name) for field in fields(listed.alert)}
        return cls(position=listed.sequence, **alert)
