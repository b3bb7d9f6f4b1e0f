"""A claim: who said what, how many, where, when, and how sure."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Polarity = Literal["+", "-"]
Approx = Literal[
    "exact", "about", "more_than", "at_least", "nearly", "up_to", "range", "vague", "derived", "none"
]
Modality = Literal[
    "asserted", "estimated", "confirmed", "unconfirmed", "alleged", "denied", "hypothetical", "planned"
]
Factuality = Literal["CT+", "PR+", "PS+", "CT-", "PR-", "PS-", "Uu"]
DatePrecision = Literal["day", "week", "month", "up_to", "not_later_than", "fuzzy_future", "range"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEvidence:
    """The exact words a claim was read from; offsets as in `shared.model.tag.Evidence`."""

    text: str
    start: int
    end: int
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """How many, as low, best and high estimate in `unit`; None where the words give no bound."""

    raw: str
    low: float | None
    best: float | None
    high: float | None
    approx: Approx
    unit: str
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDate:
    """A day or a window of days, inclusive, and the words it came from."""

    text: str
    start: date | None
    end: date | None
    precision: DatePrecision


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """Who answers for the claim; `side` is a country code or "outlet" when the outlet speaks for itself."""

    name: str
    id: str | None = None
    role: str | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """One link of the chain through which the claim reached the story."""

    name: str
    type: str
    cue: str
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractor:
    """The rule that read the claim, its confidence (0–1), and the version of the rules."""

    rule: str
    score: float
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement by one claimant, never stronger than its source.

    `canonical_claim` is shared by the same statement in other stories and languages. `factuality` is
    FactBank's value relative to the claimant.
    """

    claim_id: str
    story_id: str
    canonical_claim: str
    categories: tuple[str, ...]
    subject: str
    direction: Literal["KP>RU", "RU>KP"] | None
    action_status: str
    polarity: Polarity
    quantity: Quantity | None
    place: tuple[str, ...]
    as_of: ClaimDate | None
    stated_on: ClaimDate | None
    claimant: Claimant
    attributed_via: tuple[Relay, ...]
    modality: Modality
    factuality: Factuality
    hedge_cue: str | None
    direct_quote: bool
    evidence_kind: tuple[str, ...]
    evidence: tuple[ClaimEvidence, ...]
    extractor: Extractor
