"""What stories were completed with a moment ago, which nobody has stored yet."""

from collections import OrderedDict
from typing import Final

from services.extract.pages.taking import Completed

MOST_KEPT: Final = 1_000
MOST_CHARACTERS: Final = 10_000_000


class Completions:
    """The last stories completed from pages, within bounds.

    A batch is published when it ends: of two revisions in one, the second would not know of the first.
    """

    def __init__(self, *, most: int = MOST_KEPT, characters: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._most_characters = characters
        self._kept: OrderedDict[str, Completed] = OrderedDict()
        self._characters = 0

    def keep(self, completed: Completed) -> None:
        """Remember it instead of what was remembered of this story; the oldest goes where room is needed."""
        before = self._kept.pop(completed.story.id, None)
        self._characters += _size(completed) - (_size(before) if before is not None else 0)
        self._kept[completed.story.id] = completed
        while self._kept and (len(self._kept) > self._most or self._characters > self._most_characters):
            _, forgotten = self._kept.popitem(last=False)
            self._characters -= _size(forgotten)

    def newest(self, story_id: str, stored: Completed | None) -> Completed | None:
        """What is stored, or what is remembered if that is of a later revision."""
        kept = self._kept.get(story_id)
        if kept is None or (stored is not None and stored.story.revision >= kept.story.revision):
            return stored
        return kept


def _size(completed: Completed) -> int:
    teaser = completed.article.teaser if completed.article is not None else ""
    return len(completed.story.title) + len(completed.story.text) + len(teaser)
