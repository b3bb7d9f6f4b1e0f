"""Categories: which kinds of cooperation a relevant story tells of, and the words that say so.

Each category is a logistic model over named features of the title, the head and the text.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.extract.category_reader import CategoryReader, MarkedStory
from services.extract.category_rules import (
    CATEGORY_ZONES,
    CategoryFeature,
    CategoryRule,
    CategoryRules,
    CategoryZone,
    load_category_rules,
)
from services.extract.labels import LabelledStory
from services.extract.lexicon import FOLDER, Lexicon
from shared.model.tag import Evidence

_EVIDENCE_LIMIT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryFinding:
    """A category with its probability and the words that speak for it, never none."""

    id: str
    probability: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredFeature:
    """A feature that holds in a zone, how strongly (0-1), and the name its weight goes by."""

    feature: CategoryFeature
    zone: CategoryZone
    value: float
    name: str


class Categoriser:
    """Gives relevant stories their categories; immutable once made."""

    def __init__(self, lexicon: Lexicon, rules: CategoryRules) -> None:
        self._rules = rules
        self._reader = CategoryReader(lexicon, rules)

    @classmethod
    def load(cls, lexicon: Lexicon, folder: Path = FOLDER) -> "Categoriser":
        """With the files in `folder`; LexiconError has a line for each mistake in them."""
        return cls(lexicon, load_category_rules(lexicon, folder))

    @property
    def version(self) -> str:
        """The hash of the files that decide."""
        return self._rules.version

    def read(self, story: LabelledStory) -> MarkedStory:
        """The story with its category words, as training needs it too."""
        return self._reader.read(story)

    def categorise(self, story: LabelledStory) -> tuple[CategoryFinding, ...]:
        """The categories of a story taken to be relevant, most important first.

        Those whose probability reaches the threshold; where none does, the likeliest. A category that nothing
        in the story speaks for is never given, so a story without any such words has none.
        """
        marked = self._reader.read(story)
        fired = tuple(fire(marked, self._rules.features))
        ranked = sorted(
            (
                (fit.rank * (probability := _probability(fit.bias, fit.weights, fired)), probability, rule)
                for rule in self._rules.categories
                if any(one.feature.name in rule.speaks_for for one in fired)
                for fit in (self._rules.fits[rule.id],)
            ),
            key=lambda found: (-found[0], found[2].id),
        )
        given = [found for found in ranked if found[1] >= self._rules.threshold]
        given = given or sorted(ranked, key=lambda found: -found[1])[:1]
        return tuple(
            CategoryFinding(id=rule.id, probability=round(probability, 4), evidence=evidence)
            for _, probability, rule in given
            if (evidence := self._evidence(rule, marked, fired))
        )

    def _evidence(
        self, rule: CategoryRule, marked: MarkedStory, fired: tuple[FiredFeature, ...]
    ) -> tuple[Evidence, ...]:
        """The words of the features that speak for it, those with most weight first, each place once."""
        weights = self._rules.fits[rule.id].weights
        speaking = sorted(
            (one for one in fired if one.feature.name in rule.speaks_for),
            key=lambda one: -one.value * weights.get(one.name, 0.0),
        )
        chosen: dict[tuple[bool, int, int], Evidence] = {}
        for one in speaking:
            mask = one.feature.condition.mask
            for sentence in marked.sentences(one.feature.condition, one.zone):
                for hit, label in sentence.labelled:
                    if mask & label:
                        is_title = sentence.sentence.sentence.section == "title"
                        place = (is_title, hit.start, hit.end)
                        if place not in chosen:
                            chosen[place] = sentence.sentence.evidence(hit, f"category.{rule.id}")
                        if len(chosen) == _EVIDENCE_LIMIT:
                            return tuple(chosen.values())
        return tuple(chosen.values())


def fire(story: MarkedStory, features: tuple[CategoryFeature, ...]) -> Iterator[FiredFeature]:
    """Every feature that holds somewhere, zone by zone."""
    for feature in features:
        if not feature.condition.without and not feature.condition.holds(story.everything):
            continue
        for zone in CATEGORY_ZONES:
            value = story.value(feature.condition, zone)
            if value > 0:
                name = f"{feature.name}.{zone}"
                yield FiredFeature(feature=feature, zone=zone, value=value, name=name)


def _probability(bias: float, weights: Mapping[str, float], fired: tuple[FiredFeature, ...]) -> float:
    total = bias + sum(one.value * weights.get(one.name, 0.0) for one in fired)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
