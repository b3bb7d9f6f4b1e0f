"""Which event a story belongs to. Pure.

For now an event is one text and its copies: a story that repeats a recent one joins its event, every other
story begins an event.
"""

from dataclasses import dataclass

from services.extract.origins.window import Copy, Window
from shared.model.ids import derive_id
from shared.model.origin import CopyKind
from shared.model.story import Story

KEPT = "a revision of a story of this event"
NEW = "no story of the last 72 hours reads like it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The event of a story; `copy_of` is the story it repeats, `reason` says in words why.

    `copy_kind` and `containment` say how it repeats that story, None where it repeats none.
    `begins` is true for the first story of an event.
    """

    event_id: str
    copy_of: str | None
    reason: str
    begins: bool = False
    copy_kind: CopyKind | None = None
    containment: float | None = None


def assign(story: Story, window: Window, *, event_id: str | None) -> Assignment:
    """The event of the story; `event_id` is the one an earlier revision of it was given, which it keeps."""
    found = window.copy_of(story, event_id=event_id)
    if found is not None:
        reason = found.likeness.because if event_id is None else KEPT
        return _joined(found, reason)
    if event_id is not None:
        return Assignment(event_id=event_id, copy_of=None, reason=KEPT)
    begun = derive_id("event", story.id)
    return Assignment(event_id=begun, copy_of=None, reason=NEW, begins=True)


def _joined(found: Copy, reason: str) -> Assignment:
    """In the event of the story that it repeats."""
    return Assignment(
        event_id=found.original.event_id,
        copy_of=found.original.story_id,
        reason=reason,
        copy_kind=found.likeness.kind,
        containment=found.likeness.containment,
    )
