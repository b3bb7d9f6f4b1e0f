"""Stories and decisions as rows, and back."""

from typing import Any

import msgspec
import sqlalchemy as sa

from shared.model.alert import Decision
from shared.model.article import Article
from shared.model.origin import Origin
from shared.model.story import Story
from shared.model.tag import TaggedStory, Tags
from shared.store.storable import storable_json, storable_text
from shared.tables import decisions

OFF_TOPIC = "off_topic"


def story_row(tagged: TaggedStory, state: str, origin: Origin | None) -> dict[str, Any]:
    """The row of `stories` for this revision."""
    story, tags = tagged.story, tagged.tags
    return {
        "id": story.id,
        "revision": story.revision,
        "state": state,
        "entry_key": storable_text(story.entry_key),
        "feed_url": storable_text(story.feed_url),
        "outlet": storable_text(story.outlet),
        "title": storable_text(story.title),
        "text": storable_text(story.text),
        "url": None if story.url is None else storable_text(story.url),
        "language": story.language,
        "published_at": story.published_at,
        "published_source": story.published_source,
        "first_seen_at": story.first_seen_at,
        "revised_at": story.revised_at,
        "content_hash": story.content_hash,
        "relevant": tags.relevant,
        "score": tags.score,
        "tier": tags.tier,
        "tags": storable_json(tags),
        "tagged_at": tagged.tagged_at,
        "article": None if tagged.article is None else storable_json(tagged.article),
        "origin": None if origin is None else storable_json(origin),
    }


def revision_row(story: Story) -> dict[str, Any]:
    """The row of `story_revisions` for this revision."""
    return {
        "story_id": story.id,
        "revision": story.revision,
        "title": storable_text(story.title),
        "text": storable_text(story.text),
        "content_hash": story.content_hash,
        "seen_at": story.revised_at or story.first_seen_at,
    }


def tagged_story(row: sa.RowMapping) -> TaggedStory:
    """What `story_row` made the row from."""
    story = Story(
        id=row["id"],
        revision=row["revision"],
        entry_key=row["entry_key"],
        feed_url=row["feed_url"],
        outlet=row["outlet"],
        title=row["title"],
        text=row["text"],
        url=row["url"],
        language=row["language"],
        published_at=row["published_at"],
        published_source=row["published_source"],
        first_seen_at=row["first_seen_at"],
        revised_at=row["revised_at"],
        content_hash=row["content_hash"],
    )
    article = row["article"]
    return TaggedStory(
        story=story,
        tags=msgspec.convert(row["tags"], Tags),
        tagged_at=row["tagged_at"],
        article=None if article is None else msgspec.convert(article, Article),
    )


def origin(row: sa.RowMapping) -> Origin | None:
    """Where the story's words come from, as `story_row` stored it."""
    return None if row["origin"] is None else msgspec.convert(row["origin"], Origin)


def decision_row(decision: Decision) -> dict[str, Any]:
    """The row of `decisions`."""
    row = {column.name: getattr(decision, column.name) for column in decisions.columns}
    return row | {"because": storable_text(decision.because)}


def decision(row: sa.RowMapping) -> Decision:
    """What `decision_row` made the row from."""
    return Decision(**row)
