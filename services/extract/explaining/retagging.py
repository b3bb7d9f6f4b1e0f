"""What other rules would change: a stored verdict beside the one the rules of now give."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from services.extract.explaining.explanations import verdict_of
from services.extract.explaining.label_words import quoted, signed
from services.extract.relevance import Fired, Relevance
from services.extract.rules.lexicon import FOLDER
from services.extract.tagger import Tagger
from shared.model.explanation import Verdict
from shared.model.tag import Evidence, TaggedStory, Tags

ChangeKind = Literal["gained", "lost", "categories", "tier"]
"""Relevant now; relevant no more; relevant with other categories, or only with another tier."""

_RELEVANCE: Final = "relevance."
_MOST_REASONS: Final = 3
_MOST_WORDS: Final = 3
_SAME_SCORE: Final = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One story whose verdict would be another, with the reasons in words."""

    id: str
    title: str
    kind: ChangeKind
    before: Verdict
    after: Verdict
    added: tuple[str, ...]
    removed: tuple[str, ...]
    because: tuple[str, ...]


class Retagger:
    """Tags stored stories anew and compares; immutable once made."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self._model = tagger.lexicon.model

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "Retagger":
        """With the lexicon in `folder`; LexiconError names the file and line of each mistake in it."""
        return cls(Tagger.load(folder))

    @property
    def version(self) -> str:
        """The hash of the rules that decide."""
        return self._tagger.version

    def compare(self, tagged: TaggedStory) -> Change | None:
        """None where nothing would change that anybody sees: an irrelevant story's score does not count."""
        story, before = tagged.story, tagged.tags
        after = self._tagger.tag(
            title=story.title,
            text=story.text,
            language=story.language,
            story_id=story.id,
            published_at=story.published_at,
            outlet=story.outlet,
        )
        kind = change_kind(before, after)
        if kind is None:
            return None
        read = self._tagger.read(title=story.title, text=story.text, language=story.language)
        return Change(
            id=story.id,
            title=story.title,
            kind=kind,
            before=verdict_of(before),
            after=verdict_of(after),
            added=_beside(after, before),
            removed=_beside(before, after),
            because=self._reasons(kind, before, after, self._tagger.judge(read)),
        )

    def _reasons(self, kind: ChangeKind, before: Tags, after: Tags, relevance: Relevance) -> tuple[str, ...]:
        if kind == "categories":
            return (
                *(_said(f"{name} now", _of(after, name)) for name in _beside(after, before)),
                *(_said(f"{name} no more", _of(before, name)) for name in _beside(before, after)),
            )
        if abs(after.score - before.score) < _SAME_SCORE:
            bounds = f"relevant begins at {self._model.threshold:.2f}, core at {self._model.core:.2f}"
            return (f"the score is the same; now {bounds}",)
        sign = 1 if after.score > before.score else -1
        return (*_silent(before, relevance), *_strongest(relevance, sign=sign)) or ("its words weigh less",)


def change_kind(before: Tags, after: Tags) -> ChangeKind | None:
    """What changed for a reader, the weightiest first; None for nothing."""
    if before.relevant != after.relevant:
        return "gained" if after.relevant else "lost"
    if not after.relevant:
        return None
    if set(before.categories) != set(after.categories):
        return "categories"
    return None if before.tier == after.tier else "tier"


def _beside(one: Tags, other: Tags) -> tuple[str, ...]:
    return tuple(category for category in one.categories if category not in other.categories)


def _silent(before: Tags, relevance: Relevance) -> tuple[str, ...]:
    """The rules that spoke for the story then and do not hold now."""
    holding = {f"{_RELEVANCE}{one.name}" for one in relevance.fired}
    spoke: dict[str, list[Evidence]] = {}
    for evidence in before.evidence:
        if evidence.rule.startswith(_RELEVANCE) and evidence.rule not in holding:
            spoke.setdefault(evidence.rule, []).append(evidence)
    return tuple(
        _said(f"{rule.removeprefix(_RELEVANCE)} holds no more", found)
        for rule, found in list(spoke.items())[:_MOST_REASONS]
    )


def _strongest(relevance: Relevance, *, sign: int) -> tuple[str, ...]:
    """What speaks most for the story (sign 1) or against it (−1) now."""
    amounts = [(one.value * one.weight, one) for one in relevance.fired]
    telling = [(amount, one) for amount, one in amounts if amount * sign > 0]
    telling.sort(key=lambda each: (-abs(each[0]), each[1].name))
    return tuple(
        _said(f"{one.name} {signed(amount)}", _spoken(one)) for amount, one in telling[:_MOST_REASONS]
    )


def _spoken(fired: Fired) -> list[Evidence]:
    mask = fired.feature.condition.mask
    return [
        sentence.evidence(hit, fired.name)
        for sentence in fired.sentences[:2]
        for hit, label in sentence.labelled
        if mask & label
    ]


def _of(tags: Tags, category: str) -> list[Evidence]:
    return [one for one in tags.evidence if one.rule == f"category.{category}"]


def _said(what: str, evidence: list[Evidence]) -> str:
    """With the words it rests on, where they are known."""
    words = quoted((one.text for one in evidence), _MOST_WORDS)
    return f"{what}: {words}" if words else what
