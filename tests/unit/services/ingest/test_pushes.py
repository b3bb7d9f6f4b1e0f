"""What becomes of documents that hubs pushed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.pushes import PushesHandler
from shared.errors import DecodeError, UnavailableError
from shared.messages import FEED_PUSH, MAX_VALUE_BYTES, encode
from shared.metrics import Metrics
from shared.model.feed import Feed, FeedState, Validators
from shared.model.websub import FeedPush
from shared.patience import Stopped
from shared.ports import StreamRecord
from tests.samples import as_read

NOW = datetime(2024, 10, 21, 12, tzinfo=UTC)
FEED = Feed(id="feed-1", url="https://wire.example/feed", name="Wire", outlet="wire", language="en")
BODY = b"<rss>\xff\x00</rss>"


@dataclass(slots=True)
class Watched:
    """The feeds and the poller, as far as pushes see them."""

    feed: Feed | None = FEED
    read_at: datetime | None = None
    examined: list[tuple[str, bytes, str | None]] = field(default_factory=list)
    hastened: list[str] = field(default_factory=list)
    stopping: bool = False
    waiting_for: str | None = None

    async def get(self, feed_id: str) -> Feed | None:
        return self.feed if feed_id == FEED.id else None

    async def states(self, ids: Sequence[str]) -> Mapping[str, FeedState]:
        state = FeedState(
            feed_id=FEED.id, validators=Validators(), next_poll_at=NOW, last_success_at=self.read_at
        )
        return {FEED.id: state} if self.read_at and FEED.id in ids else {}

    async def examine_pushed(self, feed: Feed, body: bytes, content_type: str | None) -> None:
        if self.stopping:
            raise Stopped
        self.examined.append((feed.id, body, content_type))

    async def poll_now(self, feed_id: str) -> None:
        self.hastened.append(feed_id)


def a_push(body: bytes | None = BODY) -> StreamRecord:
    push = FeedPush(
        id="push-1",
        feed_id=FEED.id,
        topic="https://wire.example/feed",
        content_type="application/rss+xml",
        body=body,
        at=NOW,
    )
    return as_read(encode(FEED_PUSH, push, source="/api", now=NOW))


async def handle(watched: Watched, record: StreamRecord) -> None:
    handler = PushesHandler(feeds=watched, states=watched, target=watched, metrics=Metrics())
    assert await handler.handle(record) == ()


async def test_a_pushed_document_is_read_byte_for_byte() -> None:
    watched = Watched(read_at=NOW - timedelta(minutes=10))
    await handle(watched, a_push())
    assert watched.examined == [("feed-1", BODY, "application/rss+xml")]
    assert watched.hastened == []


async def test_a_push_without_document_lets_the_feed_be_polled_at_once() -> None:
    watched = Watched()
    await handle(watched, a_push(None))
    assert (watched.examined, watched.hastened) == ([], ["feed-1"])


async def test_a_document_from_before_the_last_poll_does_not_undo_what_the_poll_saw() -> None:
    watched = Watched(read_at=NOW + timedelta(seconds=1))
    await handle(watched, a_push())
    assert (watched.examined, watched.hastened) == ([], ["feed-1"])


@pytest.mark.parametrize(
    "feed", [pytest.param(None, id="removed"), pytest.param(replace(FEED, enabled=False), id="disabled")]
)
async def test_a_push_for_a_feed_nobody_watches_is_dropped(feed: Feed | None) -> None:
    watched = Watched(feed=feed)
    await handle(watched, a_push())
    await handle(watched, a_push(None))
    assert (watched.examined, watched.hastened) == ([], [])


async def test_a_push_that_meets_the_end_of_ingest_is_left_for_the_next_start() -> None:
    with pytest.raises(UnavailableError):
        await handle(Watched(stopping=True), a_push())


async def test_a_record_that_is_no_push_is_refused() -> None:
    with pytest.raises(DecodeError):
        await handle(Watched(), replace(a_push(), value=b"{}"))


def test_the_largest_document_that_is_handed_on_whole_fits_into_a_record() -> None:
    assert len(a_push(b"x" * 740_000).value) <= MAX_VALUE_BYTES
