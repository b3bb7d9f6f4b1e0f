"""The tag group's handler: a story in, the same story with its tags out."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.extract.article import ArticleReader
from services.extract.lines import request_of
from services.extract.pages.taking import Completed
from services.extract.worker import DEADLINE, tag_in_worker
from shared.messages import STORY, TAGGED_STORY, decode, encode
from shared.model.tag import TaggedStory
from shared.model.times import Clock
from shared.ports import OutgoingRecord, StreamRecord
from shared.workers import WorkerPool

SOURCE = "/extract/tag"


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
        completed = Completed(story=decode(STORY, record))
        if self.articles is not None:
            completed = await self.articles.completed(completed.story)
        tags = await self.workers.run(tag_in_worker, request_of(completed.story), deadline=DEADLINE)
        now = self.clock()
        tagged = TaggedStory(story=completed.story, tags=tags, tagged_at=now, article=completed.article)
        return (encode(TAGGED_STORY, tagged, source=SOURCE, now=now),)
