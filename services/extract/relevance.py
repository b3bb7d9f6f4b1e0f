"""Relevance is a weighted sum of named features, each a rule over labels in one zone of the story."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.extract.reading.conditions import Conditions, bits_of
from services.extract.reading.labels import LabelledSentence, LabelledStory, labels_of
from services.extract.rules.features import Feature, Model, Zone
from shared.model.tag import Evidence, Tier

_EVIDENCE_LIMIT = 12
_LEAD_SENTENCES = 2


class Fired(NamedTuple):
    """A feature that holds in a zone: how strongly (0–1), its weight, and the sentences it holds in."""

    name: str
    value: float
    weight: float
    feature: Feature
    sentences: tuple[LabelledSentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """The score with everything that made it, strongest first."""

    score: float
    tier: Tier
    relevant: bool
    fired: tuple[Fired, ...]


class Judge:
    """Scores stories: the logistic of the weighted sum of the features that fired; safe to share."""

    def __init__(self, features: tuple[Feature, ...], model: Model) -> None:
        self._model = model
        self._conditions = Conditions(feature.condition for feature in features)
        self._features = {1 << number: feature for number, feature in enumerate(features)}
        self._columns = {
            bit: tuple(_Column.of(feature, zone, model) for zone in feature.zones)
            for bit, feature in self._features.items()
        }

    def judge(self, story: LabelledStory) -> Relevance:
        """The verdict with every feature that fired."""
        return self._relevance(story, always_told=True)

    def verdict(self, story: LabelledStory) -> Relevance:
        """As `judge`, but without what fired where the story is not relevant, which is most stories."""
        return self._relevance(story, always_told=False)

    def fire(self, story: LabelledStory) -> tuple[Fired, ...]:
        """Every feature that holds somewhere, zone by zone."""
        zones = _Zones.of(story, self._conditions)
        return tuple([self._fired(zones, *one) for one in self._values(zones)])

    def _relevance(self, story: LabelledStory, *, always_told: bool) -> Relevance:
        zones = _Zones.of(story, self._conditions)
        values = self._values(zones)
        total = self._model.bias + sum([value * column.weight for _, column, value in values])
        score = round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 4)
        relevant = score >= self._model.threshold
        if relevant or always_told:
            values.sort(key=lambda one: (-abs(one[2] * one[1].weight), one[1].name))
        else:
            values = []
        fired = tuple([self._fired(zones, *one) for one in values])
        return Relevance(score=score, tier=_tier(score, self._model, fired), relevant=relevant, fired=fired)

    def _values(self, zones: "_Zones") -> list[tuple[int, "_Column", float]]:
        """The bit of each feature that holds, where it does, and how strongly."""
        return [
            (bit, column, zones.value(bit, column.zone))
            for bit in bits_of(zones.anywhere)
            for column in self._columns[bit]
            if zones.met[column.zone] & bit
        ]

    def _fired(self, zones: "_Zones", bit: int, column: "_Column", value: float) -> Fired:
        sentences = zones.sentences(bit, column.zone)
        return Fired(column.name, value, column.weight, self._features[bit], sentences)


class _Column(NamedTuple):
    """A zone of a feature, the name it then goes by, and what that weighs."""

    zone: Zone
    name: str
    weight: float

    @classmethod
    def of(cls, feature: Feature, zone: Zone, model: Model) -> "_Column":
        name = f"{feature.name}.{zone}"
        return cls(zone, name, model.weights.get(name, 0.0))


def evidence_of(relevance: Relevance) -> tuple[Evidence, ...]:
    """The words that speak for a story, those of the strongest features first, each place once."""
    chosen: dict[tuple[bool, int, int], Evidence] = {}
    searched: dict[int, int] = {}
    for one in relevance.fired:
        mask = one.feature.condition.mask
        for sentence in one.sentences[:2] if one.weight > 0 else ():
            is_title = sentence.sentence.section == "title"
            place = sentence.sentence.start * 2 + is_title
            wanted = mask & sentence.labels & ~searched.get(place, 0)
            if not wanted:
                continue
            searched[place] = searched.get(place, 0) | wanted
            for hit, label in sentence.labelled:
                if wanted & label:
                    if len(chosen) == _EVIDENCE_LIMIT:
                        return tuple(chosen.values())
                    found = (is_title, hit.start, hit.end)
                    if found not in chosen:
                        chosen[found] = sentence.evidence(hit, f"relevance.{one.name}")
    return tuple(chosen.values())


def _tier(score: float, model: Model, fired: tuple[Fired, ...]) -> Tier:
    """Core is what the headline or the lead itself says for sure."""
    in_head = any(one.weight > 0 and one.sentences and not one.name.endswith(".body") for one in fired)
    if score >= model.core and in_head:
        return "core"
    if score >= model.threshold:
        return "substantive"
    return "passing" if score >= model.passing else "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Zones:
    """Which conditions each sentence meets, and each zone; the head is title and lead read as one."""

    story: LabelledStory
    title: tuple[int, ...]
    text: tuple[int, ...]
    met: Mapping[Zone, int]

    @classmethod
    def of(cls, story: LabelledStory, conditions: Conditions) -> "_Zones":
        met_by = conditions.met_by
        title = tuple([met_by(sentence.labels) for sentence in story.title])
        text = tuple([met_by(sentence.labels) for sentence in story.text])
        title_labels = labels_of(story.title)
        met: dict[Zone, int] = {
            "title": _either(title),
            "lead": _either(text[:_LEAD_SENTENCES]),
            "head": met_by(title_labels | labels_of(story.text[:_LEAD_SENTENCES])),
            "body": _either(text),
            "all": met_by(title_labels | labels_of(story.text)),
        }
        return cls(story=story, title=title, text=text, met=met)

    @property
    def anywhere(self) -> int:
        return _either(self.met.values())

    def value(self, bit: int, zone: Zone) -> float:
        """How strongly a condition holds in a zone it holds in."""
        return 1.0 - 0.5 ** len([met for met in self.text if met & bit]) if zone == "body" else 1.0

    def sentences(self, bit: int, zone: Zone) -> tuple[LabelledSentence, ...]:
        """Those that a condition which holds in a zone holds in; all of the head, none of the whole story."""
        if zone == "all":
            return ()
        title, text = self.story.title, self.story.text
        if zone == "head":
            return (*title, *text[:_LEAD_SENTENCES])
        if zone == "title":
            return tuple([one for one, met in zip(title, self.title, strict=True) if met & bit])
        limit = len(text) if zone == "body" else _LEAD_SENTENCES
        return tuple([one for one, met in zip(text[:limit], self.text[:limit], strict=True) if met & bit])


def _either(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
