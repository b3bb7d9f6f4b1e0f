"""Why a story is judged as it is: everything for and against, in values that any rendering can show.

Lists are bounded, so that an explanation stays readable whatever the text; a count beside a list says how
many there were.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.model.tag import EntityMention, Evidence, Section, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the tagger says in short; `version` is the hash of the rules that decided."""

    relevant: bool
    score: float
    tier: Tier
    categories: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVerdict:
    """The verdict the story was stored with, by the rules of then."""

    verdict: Verdict
    tagged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRead:
    """How much of the story is of one section, and whether that counts as the story's own words."""

    section: Section
    counted: bool
    sentences: int
    characters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A passage that does not count as the story's own words; `text` is how it begins."""

    section: Section
    because: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFound:
    """A side or a kind of act found in the story's own words: its label, what that means, and where."""

    label: str
    meaning: str
    is_side: bool
    count: int
    places: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Words that looked like a side or an entity and do not count.

    `place.rule` is the label or the entity they looked like, `meaning` that in words, and `side` the side
    that they would have stood for, None for none.
    """

    place: Evidence
    meaning: str
    side: str | None
    because: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureFired:
    """A rule that holds in one zone of the story: `contribution`, value times weight, goes into the score."""

    feature: str
    zone: str
    when: str
    value: float
    weight: float
    contribution: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryFound:
    """A category the story was given, with the words that say so."""

    id: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything for and against a story, under the rules of now.

    The score is the logistic of `bias` plus all contributions. `stored` is None for a story that is not
    stored. `lacking` says in words what would have made it relevant; it is empty for a relevant one.
    `unread` counts the characters after the limit up to which a text is read.
    """

    story_id: str
    title: str
    language: str
    verdict: Verdict
    stored: StoredVerdict | None
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

    @property
    def rules_changed(self) -> bool:
        """Whether the story was stored under other rules than those explained here."""
        return self.stored is not None and self.stored.verdict.version != self.verdict.version
