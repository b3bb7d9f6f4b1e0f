"""Relevance is a weighted sum of named features, each a rule over labels in one zone of the story."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from services.extract.labels import LabelledSentence, LabelledStory, labels_of
from services.extract.lexicon_rules import Feature, Model, Zone
from shared.model.tag import Evidence, Tier

_EVIDENCE_LIMIT = 12
_LEAD_SENTENCES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
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


def judge(story: LabelledStory, features: tuple[Feature, ...], model: Model) -> Relevance:
    """Scores a story: the logistic of the weighted sum of the features that fired."""
    fired = fire(story, features, model.weights)
    score = 1 / (
        1 + math.exp(-max(-30.0, min(30.0, model.bias + sum(one.value * one.weight for one in fired))))
    )
    score = round(score, 4)
    relevant = score >= model.threshold
    ordered = tuple(sorted(fired, key=lambda one: (-abs(one.value * one.weight), one.name)))
    return Relevance(score=score, tier=_tier(score, model, fired), relevant=relevant, fired=ordered)


def fire(
    story: LabelledStory, features: tuple[Feature, ...], weights: Mapping[str, float]
) -> tuple[Fired, ...]:
    """Every feature that holds somewhere, zone by zone."""
    zones = _Zones.of(story)
    fired: list[Fired] = []
    for feature in features:
        if not feature.condition.without and not feature.condition.holds(zones.everything):
            continue
        for zone in feature.zones:
            value, sentences = zones.value(feature, zone)
            if value > 0:
                name = f"{feature.name}.{zone}"
                fired.append(
                    Fired(
                        name=name,
                        value=value,
                        weight=weights.get(name, 0.0),
                        feature=feature,
                        sentences=sentences,
                    )
                )
    return tuple(fired)


def evidence_of(relevance: Relevance) -> tuple[Evidence, ...]:
    """The words that speak for a story, those of the strongest features first, each place once."""
    chosen: dict[tuple[str, int, int], Evidence] = {}
    for one in relevance.fired:
        mask = one.feature.condition.mask
        for sentence in one.sentences[:2] if one.weight > 0 else ():
            for hit, label in sentence.labelled:
                if len(chosen) == _EVIDENCE_LIMIT:
                    return tuple(chosen.values())
                if mask & label:
                    place = ("title" if sentence.sentence.section == "title" else "text", hit.start, hit.end)
                    if place not in chosen:
                        chosen[place] = sentence.evidence(hit, f"relevance.{one.name}")
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
    """The story's sentences by zone; the head is title and lead read as one."""

    title: tuple[LabelledSentence, ...]
    lead: tuple[LabelledSentence, ...]
    body: tuple[LabelledSentence, ...]
    head_labels: int
    everything: int

    @classmethod
    def of(cls, story: LabelledStory) -> "_Zones":
        lead = story.text[:_LEAD_SENTENCES]
        return cls(
            title=story.title,
            lead=lead,
            body=story.text,
            head_labels=labels_of((*story.title, *lead)),
            everything=labels_of(story.sentences),
        )

    def value(self, feature: Feature, zone: Zone) -> tuple[float, tuple[LabelledSentence, ...]]:
        holds = feature.condition.holds
        if zone == "head":
            return (1.0, (*self.title, *self.lead)) if holds(self.head_labels) else (0.0, ())
        if zone == "all":
            return (1.0, ()) if holds(self.everything) else (0.0, ())
        sentences = {"title": self.title, "lead": self.lead, "body": self.body}[zone]
        holding = tuple(sentence for sentence in sentences if holds(sentence.labels))
        if zone == "body":
            return 1.0 - 0.5 ** len(holding), holding
        return (1.0 if holding else 0.0), holding
