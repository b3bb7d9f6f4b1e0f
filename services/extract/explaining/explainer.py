"""Explanations for who asks over the network: in a process of their own, bounded in time and in number."""

import asyncio
from datetime import timedelta
from functools import cache
from typing import Final

from services.extract.explaining.explanations import Explainer, verdict_of
from services.extract.lines import TagRequest
from shared.errors import OverloadedError, WorkerTimeoutError
from shared.model.explanation import Explanation, StoredVerdict
from shared.model.tag import TaggedStory
from shared.workers import WorkerPool

DEADLINE: Final = timedelta(seconds=20)
LONGEST_WAIT: Final = DEADLINE + timedelta(seconds=10)
"""Until there is an explanation or none, those before it included."""

MOST_WAITING: Final = 16
"""Explanations asked for at once; who comes beyond them is sent away."""


class StoryExplainer:
    """Explains stored stories in a worker process, which starts with the first question."""

    def __init__(self, workers: WorkerPool, *, longest_wait: timedelta = LONGEST_WAIT) -> None:
        self._workers = workers
        self._longest_wait = longest_wait
        self._waiting = 0

    async def explain(self, story: TaggedStory) -> Explanation:
        """Raises OverloadedError when too many are asked for, WorkerCrashedError, WorkerTimeoutError."""
        if self._waiting >= MOST_WAITING:
            raise OverloadedError("too many explanations are asked for at once")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._longest_wait.total_seconds()):
                return await self._workers.run(explain_stored, story, deadline=DEADLINE)
        except TimeoutError as error:
            raise WorkerTimeoutError(f"no explanation within {self._longest_wait}") from error
        finally:
            self._waiting -= 1


@cache
def _explainer() -> Explainer:
    """This process's own: a pool hands its workers plain functions and picklable arguments only."""
    return Explainer.load()


def load_explainer() -> None:
    """The pool's initializer: loads this process's explainer once."""
    _explainer()


def explain_line(request: TagRequest) -> Explanation:
    """Explains a story that is not stored in this process."""
    return _explainer().explain(
        title=request.title,
        text=request.text,
        language=request.language,
        story_id=request.id,
        published_at=request.published_at,
        outlet=request.outlet,
    )


def explain_stored(tagged: TaggedStory) -> Explanation:
    """Explains a stored story in this process under the rules of now, beside the verdict it has."""
    story = tagged.story
    return _explainer().explain(
        title=story.title,
        text=story.text,
        language=story.language,
        story_id=story.id,
        published_at=story.published_at,
        outlet=story.outlet,
        stored=StoredVerdict(verdict=verdict_of(tagged.tags), tagged_at=tagged.tagged_at),
    )
