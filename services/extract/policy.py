"""What becomes of a relevant story: told, or kept back, and why. Pure.

An alert is about an event, not an article: the first story of an event is told; a copy is not; a revision
of a told story is told again only if what it says changed. Every story gets exactly one verdict.
"""

import re
from collections import Counter
from dataclasses import dataclass

from services.extract.events import Assignment
from services.extract.origins.copies import words
from shared.model.alert import Certainty, Outcome, Reason
from shared.model.history import EventHistory, Wording
from shared.model.tag import TaggedStory, Tags

CERTAINTY: Certainty = "single_source"
"""How sure what is reported is. A denial and a confirmation share their category, so until claims are read
every report is what it surely is: the word of one source."""

DENIAL = ("confirmation_denial",)

KEPT_WORDS = 0.7
"""A revision that keeps a smaller share of the told words tells something else."""

NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f]\d{3})*(?:[.,]\d+)?")
# "updated 21.10.2024 14:05" is polish
STAMP = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{1,2}:\d{2}\b")
CORRECTION_CUES = (
    *("correction", "corrected", "clarification", "retract", "withdrawn"),
    *("исправлен", "уточнен", "опровержени", "виправлен", "спростуван"),
    *("정정", "바로잡", "철회"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An outcome and its reason, `because` in words; `told_as` is the alert's reason when there is one."""

    outcome: Outcome
    reason: str
    because: str
    told_as: Reason | None = None


def decide(
    tagged: TaggedStory, assignment: Assignment, history: EventHistory | None, *, newest_revision: int | None
) -> Verdict:
    """The verdict on one revision of a relevant story.

    `history` is None when the event is new; `newest_revision` is the newest one stored of this story.
    """
    if newest_revision is not None and newest_revision > tagged.story.revision:
        return _suppressed("superseded", f"revision {newest_revision} was already here")
    if history is None or not history.alerts:
        return _notified("first_report", assignment.reason)
    if history.told is not None:
        return _revision_verdict(tagged, history, history.told)
    if assignment.copy_of is not None:
        return _suppressed("copy", f"repeats story {assignment.copy_of}: {assignment.reason}")
    return _suppressed(
        "known_event", "the event was told, and this story says nothing that we can tell is new"
    )


def material_change(told: Wording, title: str, text: str) -> str | None:
    """What in a revision changes what its readers know, in words; None for polish."""
    before, after = f"{told.title}\n{told.text}", f"{title}\n{text}"
    if gone := _numbers(before) - _numbers(after):
        return f"it no longer says {', '.join(sorted(gone)[:5])}"
    if cue := _new_cue(before, after):
        return f"it now says “{cue}”"
    if (kept := _kept_share(before, after)) < KEPT_WORDS:
        return f"it keeps only {kept:.0%} of its words"
    return None


def _revision_verdict(tagged: TaggedStory, history: EventHistory, told: Wording) -> Verdict:
    change = _change_of_its_own(tagged, told)
    if change is None and _is_about_truth(tagged.tags) and history.alerts[-1].categories[:1] != DENIAL:
        change = "it is now about whether it is true"
    if change is None:
        return _suppressed("polish", "the revision changes nothing that was told")
    return _notified("correction", f"the story was revised after it was told: {change}")


def _change_of_its_own(tagged: TaggedStory, told: Wording) -> str | None:
    """What the outlet changed: that we read its page by now, and had only a teaser before, is no revision."""
    story, article = tagged.story, tagged.article
    change = material_change(told, story.title, story.text)
    if change is None or article is None or material_change(told, story.title, article.teaser) is not None:
        return change
    return None


def _is_about_truth(tags: Tags) -> bool:
    """Confirming, denying or declining is what the story is mostly about."""
    return tags.categories[:1] == DENIAL


def _numbers(text: str) -> set[str]:
    return {re.sub(r"\D", "", number) for number in NUMBER.findall(STAMP.sub(" ", text))}


def _new_cue(before: str, after: str) -> str | None:
    old, new = before.casefold(), after.casefold()
    return next((cue for cue in CORRECTION_CUES if new.count(cue) > old.count(cue)), None)


def _kept_share(before: str, after: str) -> float:
    old = Counter(words(before))
    return (old & Counter(words(after))).total() / max(old.total(), 1)


def _notified(reason: Reason, because: str) -> Verdict:
    return Verdict(outcome="notified", reason=reason, because=because, told_as=reason)


def _suppressed(reason: str, because: str) -> Verdict:
    return Verdict(outcome="suppressed", reason=reason, because=because)
