"""Explanations as the API gives them."""

from dataclasses import fields

from pydantic import BaseModel

from shared.model.explanation import (
    CategoryFound,
    Explanation,
    FeatureFired,
    LabelFound,
    LeftOut,
    Rejected,
    SectionRead,
    StoredVerdict,
    Verdict,
)
from shared.model.tag import EntityMention


class ExplanationOut(BaseModel):
    """Everything for and against a story, under the rules of now.

    The score is the logistic of `bias` plus the contributions of all features; relevant begins at
    `threshold`. `stored` is the verdict the story was stored with; where `rules_changed`, other rules decided
    then. Places count code points, of the title where their section is "title", else of the text. `lacking`
    says in words what would have made an irrelevant story relevant.
    """

    story_id: str
    title: str
    language: str
    verdict: Verdict
    stored: StoredVerdict | None
    rules_changed: bool
    passing: float
    threshold: float
    core: float
    bias: float
    sections: tuple[SectionRead, ...]
    left_out: tuple[LeftOut, ...]
    left_out_count: int
    unread: int
    labels: tuple[LabelFound, ...]
    entities: tuple[EntityMention, ...]
    features: tuple[FeatureFired, ...]
    rejected: tuple[Rejected, ...]
    rejected_count: int
    categories: tuple[CategoryFound, ...]
    lacking: tuple[str, ...]

    @classmethod
    def of(cls, explanation: Explanation) -> "ExplanationOut":
        values = {field.name: getattr(explanation, field.name) for field in fields(explanation)}
        return cls(rules_changed=explanation.rules_changed, **values)
