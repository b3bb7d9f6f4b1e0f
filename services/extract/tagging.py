"""The tag group's handler: a story in, the same story with its tags out."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from services.extract.article import ArticleReader
from services.extract.lines import request_of
from services.extract.pages.taking import Completed
from services.extract.worker import DEADLINE, tag_in_worker
from shared.errors import WorkerCrashedError, WorkerTimeoutError
from shared.messages import STORY, TAGGED_STORY, decode, encode
from shared.model.story import Story
from shared.model.tag import TaggedStory, Tags
from shared.model.times import Clock
from shared.ports import OutgoingRecord, StreamRecord
from shared.workers import WorkerPool

SOURCE = "/extract/tag"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTagger:
    """Tags stories in worker processes: a text that hangs or crashes one costs a record, not the service.

    With `articles`, stories of which the feed has only a teaser are completed from their pages first.
    """

    workers: WorkerPool
    clock: Clock
    articles: ArticleReader | None = None

    async def handle(self, record: StreamRecord) -> Sequence[OutgoingRecord]:
        """Raises MalformedError for a record that is no story, WorkerCrashedError, WorkerTimeoutError;
        DatabaseUnavailableError where stories are completed."""
        story = decode(STORY, record)
        completed = Completed(story=story)
        if self.articles is not None:
            completed = await self.articles.completed(story)
        try:
            tags = await self._tags(completed.story)
        except (WorkerCrashedError, WorkerTimeoutError) as error:
            if completed.article is None:
                raise
            # What the page did to a worker must not cost what the feed said.
            log.warning("article_not_tagged", story=story.id, url=story.url, error=str(error))
            completed = Completed(story=story)
            tags = await self._tags(story)
        now = self.clock()
        tagged = TaggedStory(story=completed.story, tags=tags, tagged_at=now, article=completed.article)
        return (encode(TAGGED_STORY, tagged, source=SOURCE, now=now),)

    async def _tags(self, story: Story) -> Tags:
        return await self.workers.run(tag_in_worker, request_of(story), deadline=DEADLINE)
