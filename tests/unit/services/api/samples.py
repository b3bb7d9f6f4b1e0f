"""Alerts, subscriptions and messages in our own words, for every test of the api."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.model.alert import Alert, AlertStory, Coverage
from shared.model.claim import Claim, Claimant, ClaimEvidence, Extractor, Quantity
from shared.model.health import FeedEvent
from shared.model.ids import feed_event_id, message_id
from shared.model.story import Story
from shared.model.subscription import Filter, Message, Subscription
from shared.model.tag import Evidence, TaggedStory, Tags

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
TITLE = "Officials speak of soldiers sent north"
TEXT = "Officials in the capital say that 1,500 soldiers have left by ship. Nobody could confirm it."


def evidence(text: str = "1,500 soldiers") -> Evidence:
    start = TEXT.find(text)
    return Evidence(text=text, start=start, end=start + len(text), section="body", rule="troops.count")


def claim(number: int = 1) -> Claim:
    return Claim(
        claim_id=f"claim-{number}",
        story_id="story-1",
        canonical_claim="canonical-1",
        categories=("troop_deployment",),
        subject="soldiers",
        direction="KP>RU",
        action_status="reported",
        polarity="+",
        quantity=Quantity(raw="1,500", low=1500, best=1500, high=1500, approx="exact", unit="persons"),
        place=("RU",),
        as_of=None,
        stated_on=None,
        claimant=Claimant(name="officials", side="KR"),
        attributed_via=(),
        modality="unconfirmed",
        factuality="PS+",
        hedge_cue="could confirm",
        direct_quote=False,
        evidence_kind=("intelligence",),
        evidence=(ClaimEvidence(text="1,500 soldiers", start=34, end=48, section="body"),),
        extractor=Extractor(rule="count", score=0.8, version="v1"),
    )


def alert_story(number: int = 1, title: str = TITLE) -> AlertStory:
    return AlertStory(
        id=f"story-{number}",
        revision=1,
        outlet=f"Outlet {number}",
        title=title,
        language="en",
        url=f"https://outlet.example/{number}",
        published_at=NOW,
        evidence=(evidence(),),
    )


def alert(**changes: Any) -> Alert:
    whole = Alert(
        id="alert-1",
        event_id="event-1",
        watch="dprk-russia",
        sequence=1,
        reason="first_report",
        because="nobody had reported it before",
        severity=4,
        certainty="single_source",
        headline=TITLE,
        original_headline=TITLE,
        original_language="en",
        categories=("troop_deployment",),
        claims=(claim(),),
        coverage=Coverage(outlets=("Outlet 1",), origins=1, languages=("en",)),
        stories=(alert_story(),),
        references=(),
        published_at=NOW,
        first_seen_at=NOW,
        alerted_at=NOW,
    )
    return replace(whole, **changes)


def tagged_story(number: int = 1) -> TaggedStory:
    story = Story(
        id=f"story-{number}",
        revision=1,
        entry_key=f"entry-{number}",
        feed_url="https://outlet.example/feed",
        outlet="Outlet 1",
        title=TITLE,
        text=TEXT,
        url=None,
        language=None,
        published_at=NOW,
        published_source="feed",
        first_seen_at=NOW,
        content_hash="0" * 64,
    )
    tags = Tags(
        relevant=True,
        score=0.9,
        tier="core",
        language="en",
        categories=("troop_deployment",),
        entities=(),
        claims=(claim(),),
        evidence=(evidence(),),
        version="v1",
    )
    return TaggedStory(story=story, tags=tags, tagged_at=NOW)


def subscription(name: str = "desk", **changes: Any) -> Subscription:
    whole = Subscription(
        id=f"sub-{name}",
        url="https://receiver.example/hook",
        description="",
        filter=Filter(),
        sealed_secret=b"sealed",
        enabled=True,
        created_at=NOW - timedelta(days=1),
    )
    return replace(whole, **changes)


def message(number: int = 1) -> Message:
    return Message(
        id=message_id(f"alert-{number}"),
        type="alert.first_report",
        subject_id=f"alert-{number}",
        body=f'{{"number": {number}}}'.encode(),
        created_at=NOW,
    )


def feed_event(change: int = 0, *, feed: str = "feed-1", **changes: Any) -> FeedEvent:
    """The sample wire fails."""
    whole = FeedEvent(
        id=feed_event_id(feed, change, "failing"),
        kind="unhealthy",
        feed_id=feed,
        feed_url="https://wire.example/feed",
        name="Sample Wire",
        outlet="sample-wire",
        language="en",
        health="failing",
        before="healthy",
        since=NOW - timedelta(minutes=30),
        reason="the server answered 503 five times in a row",
        at=NOW,
        last_document_at=NOW - timedelta(hours=1),
    )
    return replace(whole, **changes)
