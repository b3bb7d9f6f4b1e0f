"""Categories: which kinds of cooperation a relevant story tells of, and the words that say so."""

from dataclasses import dataclass
from itertools import islice

from services.extract.labels import LabelledSentence, LabelledStory, labels_of
from services.extract.lexicon_rules import CategoryRule, Condition
from shared.model.tag import Evidence

_TITLE_WEIGHT = 3.0
_LEAD_WEIGHTS = (2.0, 2.0)
_BODY_WEIGHT = 1.0
_EVIDENCE_LIMIT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryFinding:
    """A category with the weight of the sentences that speak for it."""

    id: str
    weight: float
    evidence: tuple[Evidence, ...]


def categorise(story: LabelledStory, rules: tuple[CategoryRule, ...]) -> tuple[CategoryFinding, ...]:
    """The categories of a story taken to be relevant, most important first.

    A sentence weighs 3 in the title, 2 among the first two of the text, 1 elsewhere. Each is read with the
    one before it, the first of the text with the title.
    """
    weighted = _weigh(story)
    findings: list[CategoryFinding] = []
    for rule in rules:
        held = [
            (sentence, weight, condition)
            for sentence, labels, weight in weighted
            if (condition := _first_holding(rule, labels)) is not None
        ]
        total = sum(weight for _, weight, _ in held)
        if total >= rule.minimum:
            evidence = _evidence(rule.id, [(sentence, condition) for sentence, _, condition in held])
            findings.append(CategoryFinding(id=rule.id, weight=total, evidence=evidence))
    return tuple(sorted(findings, key=lambda finding: -finding.weight))


def _first_holding(rule: CategoryRule, labels: int) -> Condition | None:
    return next((condition for condition in rule.conditions if condition.holds(labels)), None)


def _weigh(story: LabelledStory) -> list[tuple[LabelledSentence, int, float]]:
    """Each sentence with the labels it is read with and its weight."""
    weighted: list[tuple[LabelledSentence, int, float]] = []
    for group, weights, rest in ((story.title, (), _TITLE_WEIGHT), (story.text, _LEAD_WEIGHTS, _BODY_WEIGHT)):
        before = 0 if group is story.title else labels_of(story.title)
        for index, sentence in enumerate(group):
            weight = weights[index] if index < len(weights) else rest
            weighted.append((sentence, sentence.labels | before, weight))
            before = sentence.labels
    return weighted


def _evidence(category: str, held: list[tuple[LabelledSentence, Condition]]) -> tuple[Evidence, ...]:
    found = (
        sentence.evidence(hit, f"category.{category}")
        for sentence, condition in held
        for hit, label in sentence.labelled
        if condition.mask & label
    )
    return tuple(islice(found, _EVIDENCE_LIMIT))
