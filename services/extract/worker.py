"""The tagger inside a worker process: loaded once by the pool's initializer, then called story by story."""

from services.extract.lines import TagRequest
from services.extract.tagger import Tagger
from shared.model.tag import Tags

# One per process by design: a pool hands its workers plain functions and picklable arguments only.
_loaded: list[Tagger] = []


def load_worker() -> None:
    """The pool's initializer: loads this process's tagger once."""
    if not _loaded:
        _loaded.append(Tagger.load())


def tagger_in_worker() -> Tagger:
    """This process's tagger, loaded first where no initializer did."""
    load_worker()
    return _loaded[0]


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
