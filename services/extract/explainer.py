"""Explanations for who asks over the network: in a process of their own, bounded in time and in number."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from services.extract.explaining import Explainer, verdict_of
from services.extract.lines import TagRequest
from shared.errors import UnavailableError
from shared.model.explanation import Explanation, StoredVerdict
from shared.model.tag import TaggedStory
from shared.workers import WorkerPool

DEADLINE: Final = timedelta(seconds=20)
MOST_WAITING: Final = 16
"""Explanations asked for at once; who comes beyond them is sent away."""

# One per process by design: a pool hands its workers plain functions and picklable arguments only.
_loaded: list[Explainer] = []


class StoryExplainer:
    """Explains stored stories; the process that does it starts with the first question."""

    def __init__(self, workers: WorkerPool) -> None:
        self._workers = workers
        self._waiting = 0

    async def explain(self, story: TaggedStory) -> Explanation:
        """Raises UnavailableError when too many are asked for, WorkerCrashedError, WorkerTimeoutError."""
        if self._waiting >= MOST_WAITING:
            raise UnavailableError("too many explanations are asked for at once")
        self._waiting += 1
        try:
            return await self._workers.run(explain_stored, story, deadline=DEADLINE)
        finally:
            self._waiting -= 1


@asynccontextmanager
async def open_explainer() -> AsyncIterator[StoryExplainer]:
    """One with a process of its own, which ends with it."""
    workers = WorkerPool(workers=1, initializer=load_explainer)
    try:
        yield StoryExplainer(workers)
    finally:
        await workers.close()


def load_explainer() -> None:
    """The pool's initializer: loads this process's explainer once."""
    if not _loaded:
        _loaded.append(Explainer.load())


def explain_line(request: TagRequest) -> Explanation:
    """Explains a story that is not stored in this process."""
    load_explainer()
    return _loaded[0].explain(
        title=request.title,
        text=request.text,
        language=request.language,
        story_id=request.id,
        published_at=request.published_at,
        outlet=request.outlet,
    )


def explain_stored(tagged: TaggedStory) -> Explanation:
    """Explains a stored story in this process under the rules of now, beside the verdict it has."""
    load_explainer()
    story = tagged.story
    return _loaded[0].explain(
        title=story.title,
        text=story.text,
        language=story.language,
        story_id=story.id,
        published_at=story.published_at,
        outlet=story.outlet,
        stored=StoredVerdict(verdict=verdict_of(tagged.tags), tagged_at=tagged.tagged_at),
    )
