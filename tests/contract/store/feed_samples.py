"""Feeds of a sample outlet, and what is known of them."""

from datetime import UTC, datetime, timedelta

from shared.model.feed import Document, Feed, FeedState, KnownEntry, Move, Poll, Validators
from shared.model.health import FeedHealth, Rhythm
from shared.model.ids import feed_id

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
OUTLET = "표본"


def feed(number: int, *, enabled: bool = True, interval: timedelta | None = None) -> Feed:
    url = f"https://sample.example/{number}.xml"
    return Feed(
        id=feed_id(url),
        url=url,
        name=f"Sample {number}",
        outlet=OUTLET,
        language="ko",
        enabled=enabled,
        interval=interval,
        owner="Sample Press",
        country="KR",
        tier=2,
    )


def state(feed: Feed, polls: int = 1) -> FeedState:
    """A state with something in every field."""
    return FeedState(
        feed_id=feed.id,
        validators=Validators(etag='"a"', last_modified="Mon", body_hash="0" * 64),
        next_poll_at=NOW + timedelta(minutes=10),
        last_poll_at=NOW,
        last_success_at=NOW,
        last_new_at=NOW,
        last_outcome="new_entries",
        last_error="down",
        last_cause="robot_check",
        failures=2,
        failing_since=NOW - timedelta(hours=1),
        interval=timedelta(seconds=90.5),
        address="https://elsewhere.example/feed",
        move=Move(to="https://moved.example/feed", since=NOW, answers=2),
        document=Document(
            at=NOW, entries=3, size=4_000, format="rss 2.0", newest_at=NOW, newest_title="배가 떠났다"
        ),
        gap_suspected_at=NOW,
        rhythm=Rhythm(since=NOW - timedelta(days=7), until=NOW, hours=(0.125,) * 168),
        health=FeedHealth(state="moved", since=NOW, reason="answers elsewhere", changes=3),
        polls=polls,
        totals={"published": 2, "unchanged": 1},
    )


def poll(feed: Feed, at: datetime = NOW) -> Poll:
    return Poll(
        feed_id=feed.id,
        at=at,
        outcome="new_entries",
        status=200,
        elapsed=timedelta(milliseconds=35),
        entries={"published": 2, "unchanged": 1},
        size=4_000,
        gap_suspected=True,
    )


def entry(feed: Feed, key: str, revision: int = 1, link: str | None = None) -> KnownEntry:
    return KnownEntry(
        feed_id=feed.id,
        outlet=feed.outlet,
        entry_key=key,
        story_id="s-" + key,
        revision=revision,
        acknowledged=revision,
        content_hash="0" * 64,
        link_key=link,
        title_key="1" * 64,
        published_at=NOW - timedelta(minutes=5),
        first_seen_at=NOW,
        last_seen_at=NOW,
    )
