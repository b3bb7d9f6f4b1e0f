"""What the tagger says of a story, and the evidence for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.model.article import Article
from shared.model.claim import Claim
from shared.model.story import Story
from shared.model.times import require_utc

Section = Literal[
    "title", "dek", "body", "subheading", "embed", "caption", "credit", "dateline", "related", "appeal"
]
Tier = Literal["core", "substantive", "passing", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An exact piece of a story and the rule that found it.

    `start` and `end` count code points, end exclusive: in the story's title when `section` is "title", in its
    text otherwise; `text` is exactly what stands there.
    """

    text: str
    start: int
    end: int
    section: Section
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityMention:
    """An entity of the gazetteer found in a story, with every place it stands."""

    id: str
    name: str
    type: str
    qid: str | None
    mentions: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCodes:
    """What a category is called elsewhere: PLOVER's event classes and IPTC's Media Topics.

    A class may have a mode after a hyphen. They are all that its stories can have, not a choice among them;
    `plover` is empty where PLOVER has no class.
    """

    category: str
    plover: tuple[str, ...]
    iptc: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """The tagger's verdict. `score` runs from 0 to 1; `categories` are taxonomy ids, most important first;
    `version` is the hash of the rules that decided; `codes` come in the order of the categories, none in
    verdicts from before there were any."""

    relevant: bool
    score: float
    tier: Tier
    language: str
    categories: tuple[str, ...]
    entities: tuple[EntityMention, ...]
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
    version: str
    codes: tuple[CategoryCodes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedStory:
    """A story with its tags, as it travels from tagging to correlation.

    With an `article` the story's text is what its page said, and `article.teaser` what the feed carried.
    """

    story: Story
    tags: Tags
    tagged_at: datetime
    article: Article | None = None

    def __post_init__(self) -> None:
        require_utc(self, "tagged_at")
