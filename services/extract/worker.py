"""The tagger inside a worker process: loaded once by the pool's initializer, then called story by story."""

from datetime import timedelta
from functools import cache
from typing import Final

from services.extract.lines import TagRequest
from services.extract.tagger import Tagger
from shared.model.tag import Tags

DEADLINE: Final = timedelta(seconds=30)
"""What one call of a worker may take; a text that takes longer is one that hangs it."""


@cache
def tagger_in_worker() -> Tagger:
    """This process's tagger, loaded when first asked for.

    One per process: a pool hands its workers plain functions and picklable arguments only.
    """
    return Tagger.load()


def load_worker() -> None:
    """The pool's initializer: loads this process's tagger once."""
    tagger_in_worker()


def tag_in_worker(request: TagRequest) -> Tags:
    """Tags one story in this process; loads the tagger first where no initializer did."""
    return tagger_in_worker().tag(
        title=request.title,
        text=request.text,
        language=request.language,
        story_id=request.id,
        published_at=request.published_at,
        outlet=request.outlet,
    )
