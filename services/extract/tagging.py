"""The tag group's handler: a story in, the same story with its tags out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.extract.lines import TagRequest
from services.extract.worker import tag_in_worker
from shared.messages import STORY, TAGGED_STORY, decode, encode
from shared.model.story import Story
from shared.model.tag import TaggedStory
from shared.model.times import Clock
from shared.ports import OutgoingRecord, StreamRecord
from shared.workers import WorkerPool

SOURCE = "/extract/tag"
DEADLINE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTagger:
    """Tags stories in worker processes: a text that hangs or crashes one costs a record, not the service."""

    workers: WorkerPool
    clock: Clock

    async def handle(self, record: StreamRecord) -> Sequence[OutgoingRecord]:
        """Raises MalformedError for a record that is no story, WorkerCrashedError, WorkerTimeoutError."""
        story = decode(STORY, record)
        tags = await self.workers.run(tag_in_worker, _request(story), deadline=DEADLINE)
        now = self.clock()
        tagged = TaggedStory(story=story, tags=tags, tagged_at=now)
        return (encode(TAGGED_STORY, tagged, source=SOURCE, now=now),)


def _request(story: Story) -> TagRequest:
    return TagRequest(
        id=story.id,
        title=story.title,
        text=story.text,
        url=story.url,
        published_at=story.published_at,
        outlet=story.outlet,
        language=story.language,
    )
