"""Values in our own words that tests share; every builder takes what the test cares about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.messages import WATCH
from shared.model.alert import Alert, AlertStory, Coverage
from shared.model.article import Article
from shared.model.health import FeedEvent
from shared.model.ids import alert_id, feed_event_id, feed_id, story_id
from shared.model.story import Story
from shared.model.tag import EntityMention, Evidence, TaggedStory, Tags
from shared.model.websub import FeedHub, FeedPush
from shared.ports import OutgoingRecord, StreamRecord

NOON = datetime(2024, 10, 21, 12, tzinfo=UTC)
TITLE = "Sample: North Korea sends troops to Russia, agency says"
FEED_URL = "https://wire.example/feed"
TEXT = "North Korea has sent 1,500 soldiers to Russia, the sample agency said on Friday."


def a_story(**changes: object) -> Story:
    """A relevant story of the outlet "sample-wire"."""
    story = Story(
        id=story_id("sample-wire", "guid-1"),
        revision=1,
        entry_key="guid-1",
        feed_url="https://wire.example/feed",
        outlet="sample-wire",
        title=TITLE,
        text=TEXT,
        url="https://wire.example/stories/1",
        language="en",
        published_at=NOON,
        published_source="feed",
        first_seen_at=NOON + timedelta(minutes=3),
        content_hash="0" * 64,
    )
    return replace(story, **changes)  # type: ignore[arg-type]  # any field, by name


def some_tags(**changes: object) -> Tags:
    """Tags of `a_story()`, relevant, with one entity and one piece of evidence."""
    evidence = Evidence(text="sends troops", start=20, end=32, section="title", rule="sample")
    mention = Evidence(text="North Korea", start=8, end=19, section="title", rule="alias")
    tags = Tags(
        relevant=True,
        score=0.97,
        tier="core",
        language="en",
        categories=("troop_deployment",),
        entities=(
            EntityMention(id="LOC-KP", name="North Korea", type="place", qid="Q423", mentions=(mention,)),
        ),
        claims=(),
        evidence=(evidence,),
        version="sample",
    )
    return replace(tags, **changes)  # type: ignore[arg-type]  # any field, by name


def a_tagged_story(story: Story | None = None, tags: Tags | None = None) -> TaggedStory:
    return TaggedStory(
        story=story or a_story(), tags=tags or some_tags(), tagged_at=NOON + timedelta(minutes=4)
    )


def an_article(**changes: object) -> Article:
    """What the page of `a_story()` said of itself."""
    article = Article(
        url="https://wire.example/stories/1",
        fetched_at=NOON + timedelta(minutes=4),
        teaser="North Korea has sent soldiers…",
        begins=0,
        canonical_url="https://wire.example/2024/stories/1",
        published_at=NOON - timedelta(minutes=1),
        modified_at=NOON,
        authors=("Sam Writer",),
        site_name="Sample Wire",
        credit="Yonhap",
    )
    return replace(article, **changes)  # type: ignore[arg-type]  # any field, by name


def as_read(record: OutgoingRecord, *, partition: int = 0, offset: int = 0) -> StreamRecord:
    """What a consumer gets of a published record."""
    return StreamRecord(
        topic=record.topic,
        partition=partition,
        offset=offset,
        key=record.key,
        value=record.value,
        headers=record.headers,
        timestamp=NOON,
    )


def an_alert(**changes: object) -> Alert:
    """The first report of `a_story()`."""
    story = a_story()
    alert = Alert(
        id=alert_id("event-1", "first_report", story.id, 1),
        event_id="event-1",
        watch=WATCH,
        sequence=1,
        reason="first_report",
        because="the first story of this event",
        severity=4,
        certainty="single_source",
        headline=story.title,
        original_headline=story.title,
        original_language="en",
        categories=("troop_deployment",),
        claims=(),
        coverage=Coverage(outlets=("sample-wire",), origins=1, languages=("en",)),
        stories=(
            AlertStory(
                id=story.id,
                revision=1,
                outlet=story.outlet,
                title=story.title,
                language="en",
                url=story.url,
                published_at=story.published_at,
                evidence=some_tags().evidence,
            ),
        ),
        references=(),
        published_at=story.published_at,
        first_seen_at=story.first_seen_at,
        alerted_at=NOON + timedelta(minutes=5),
    )
    return replace(alert, **changes)  # type: ignore[arg-type]  # any field, by name


def a_feed_event() -> FeedEvent:
    """The sample wire's feed is refused, having been well for a day."""
    feed = feed_id(FEED_URL)
    return FeedEvent(
        id=feed_event_id(feed, 1, "blocked"),
        kind="unhealthy",
        feed_id=feed,
        feed_url=FEED_URL,
        name="Sample Wire",
        outlet="sample-wire",
        language="en",
        health="blocked",
        before="healthy",
        since=NOON,
        reason="refused twice in a row",
        at=NOON,
        last_document_at=NOON - timedelta(hours=1),
        cause="refused",
        before_since=NOON - timedelta(days=1),
        before_reason="read well",
    )


def a_feed_hub() -> FeedHub:
    return FeedHub(feed_id=feed_id(FEED_URL), hub="https://hub.example/", topic=FEED_URL, at=NOON)


def a_feed_push() -> FeedPush:
    return FeedPush(
        id="push-1",
        feed_id=feed_id(FEED_URL),
        topic=FEED_URL,
        content_type="application/rss+xml",
        body=b"<rss version='2.0'/>",
        at=NOON,
    )
