"""What a poll has to tell the stream: stories, the feed's change of health, and its hub. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from shared.messages import FEED_EVENT, FEED_HUB, STORY, encode
from shared.model.health import FeedEvent
from shared.model.story import Story
from shared.model.websub import FeedHub
from shared.ports import OutgoingRecord

SOURCE: Final = "/ingest"


def outgoing(
    stories: Sequence[Story], event: FeedEvent | None, hub: FeedHub | None, now: datetime
) -> list[OutgoingRecord]:
    """The records to publish, stories first."""
    records = [encode(STORY, story, source=SOURCE, now=now) for story in stories]
    if event is not None:
        records.append(encode(FEED_EVENT, event, source=SOURCE, now=now))
    if hub is not None:
        records.append(encode(FEED_HUB, hub, source=SOURCE, now=now))
    return records
