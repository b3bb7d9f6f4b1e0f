"""Categories: which kinds of cooperation a relevant story tells of, and the words that say so.

Each category is a logistic model over named features of the title, the head and the text.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from operator import mul
from pathlib import Path
from typing import NamedTuple

from services.extract.reading.category_reader import CategoryReader, MarkedSentence, MarkedStory
from services.extract.reading.conditions import Conditions, bits_of
from services.extract.reading.labels import LabelledStory
from services.extract.rules.category_rules import (
    CATEGORY_ZONES,
    CategoryFeature,
    CategoryFit,
    CategoryRule,
    CategoryRules,
    CategoryZone,
    load_category_rules,
)
from services.extract.rules.lexicon import FOLDER, Lexicon
from shared.model.tag import Evidence

_EVIDENCE_LIMIT = 6
_ENOUGH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryFinding:
    """A category with its probability and the words that speak for it, never none."""

    id: str
    probability: float
    evidence: tuple[Evidence, ...]


class FiredFeature(NamedTuple):
    """A feature that holds in a zone, how strongly (0-1), and the sentences that make it hold there.

    `column` is its number among all features in all zones.
    """

    feature: CategoryFeature
    zone: CategoryZone
    value: float
    column: int
    sentences: tuple[MarkedSentence, ...]

    @property
    def name(self) -> str:
        """What its weight goes by."""
        return f"{self.feature.name}.{self.zone}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """A category's rule with its bias, its rank, and its weight for each column."""

    rule: CategoryRule
    bias: float
    rank: float
    weights: tuple[float, ...]

    @classmethod
    def of(cls, rule: CategoryRule, fit: CategoryFit, columns: Iterable[str]) -> "_Model":
        weights = tuple(fit.weights.get(name, 0.0) for name in columns)
        return cls(rule=rule, bias=fit.bias, rank=fit.rank, weights=weights)

    def probability(self, columns: list[int], values: list[float]) -> float:
        total = self.bias + sum(map(mul, values, map(self.weights.__getitem__, columns)))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


class Categoriser:
    """Gives relevant stories their categories; immutable once made."""

    def __init__(self, lexicon: Lexicon, rules: CategoryRules) -> None:
        self._rules = rules
        self._reader = CategoryReader(lexicon, rules)
        self._conditions = Conditions(feature.condition for feature in rules.features)
        self._features = {1 << number: feature for number, feature in enumerate(rules.features)}
        columns = [f"{feature.name}.{zone}" for feature in rules.features for zone in CATEGORY_ZONES]
        self._models = tuple(
            _Model.of(rule, rules.fits[rule.id], columns)
            for rule in rules.categories
            if rule.id in rules.fits
        )

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
        fired = self.fire(self._reader.read(story))
        names = {one.feature.name for one in fired}
        columns, values = [one.column for one in fired], [one.value for one in fired]
        ranked = sorted(
            (
                (model.rank * (probability := model.probability(columns, values)), probability, model)
                for model in self._models
                if not names.isdisjoint(model.rule.speaks_for)
            ),
            key=lambda found: (-found[0], found[2].rule.id),
        )
        given = [found for found in ranked if found[1] >= self._rules.threshold]
        given = given or sorted(ranked, key=lambda found: -found[1])[:1]
        return tuple(
            CategoryFinding(id=model.rule.id, probability=round(probability, 4), evidence=evidence)
            for _, probability, model in given
            if (evidence := _evidence(model, fired))
        )

    def fire(self, story: MarkedStory) -> tuple[FiredFeature, ...]:
        """Every feature that holds somewhere, zone by zone."""
        met_by = self._conditions.met_by
        title, head = met_by(story.title_labels), met_by(story.head_labels)
        body = [(sentence, met_by(labels)) for sentence, labels in story.anchored]
        anywhere = title | head
        for _, met in body:
            anywhere |= met
        fired: list[FiredFeature] = []
        for bit in bits_of(anywhere):
            feature, column = self._features[bit], (bit.bit_length() - 1) * len(CATEGORY_ZONES)
            if title & bit:
                fired.append(FiredFeature(feature, "title", 1.0, column, story.title))
            if head & bit:
                fired.append(FiredFeature(feature, "head", 1.0, column + 1, (*story.title, *story.lead)))
            holding = tuple([sentence for sentence, met in body if met & bit])
            if holding:
                value = 1.0 - 0.5 ** min(len(holding), _ENOUGH)
                fired.append(FiredFeature(feature, "body", value, column + 2, holding))
        return tuple(fired)


def _evidence(model: _Model, fired: tuple[FiredFeature, ...]) -> tuple[Evidence, ...]:
    """The words of the features that speak for a category, those with most weight first, each place once."""
    speaking = sorted(
        (one for one in fired if one.feature.name in model.rule.speaks_for),
        key=lambda one: -one.value * model.weights[one.column],
    )
    rule = f"category.{model.rule.id}"
    chosen: dict[tuple[bool, int, int], Evidence] = {}
    searched: dict[tuple[bool, int], int] = {}
    for one in speaking:
        mask = one.feature.condition.mask
        for sentence in one.sentences:
            is_title = sentence.sentence.sentence.section == "title"
            key = (is_title, sentence.sentence.sentence.start)
            done = searched.get(key, 0)
            wanted = sentence.labels & mask & ~done
            if not wanted:
                continue
            searched[key] = done | wanted
            for hit, label in sentence.labelled:
                if wanted & label:
                    place = (is_title, hit.start, hit.end)
                    if place not in chosen:
                        chosen[place] = sentence.sentence.evidence(hit, rule)
                    if len(chosen) == _EVIDENCE_LIMIT:
                        return tuple(chosen.values())
    return tuple(chosen.values())
