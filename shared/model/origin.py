"""Where a story's words come from: another story, a news agency."""

from dataclasses import dataclass
from typing import Literal

CopyKind = Literal["exact", "near", "excerpt"]
"""The same words; most of them; a part of a longer text, or a longer text around them."""

CreditKind = Literal["credit", "cited"]
"""An agency named as the source of the text itself, or as the one that reported what the text retells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """An agency that a story names, with the words that name it.

    `start` and `end` count code points, end exclusive: in the title when `section` is "title", in the text
    otherwise; `text` is exactly what stands there.
    """

    agency: str
    kind: CreditKind
    rule: str
    section: Literal["title", "text"]
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What is known of where a relevant story's words come from.

    `copy_of` is the id of the earlier story that it repeats, with the kind of copy and the share of the
    shorter text found in the longer one, 0 to 1; all three are None for a story that repeats none. `agency`
    is the id of the agency credited with the text; `credits` holds the words for it, and for agencies merely
    cited.
    """

    copy_of: str | None = None
    copy_kind: CopyKind | None = None
    containment: float | None = None
    agency: str | None = None
    credits: tuple[Credit, ...] = ()
