"""What a story's own page said beyond its feed."""

from dataclasses import dataclass
from datetime import datetime

from shared.model.times import require_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The page that a tagged story's text was completed from.

    `teaser` is the text the feed carried. The page's own text begins in the story's text at the code point
    `begins`; what stands before it is the teaser, where the page does not repeat it. `url` is the address
    that answered. The rest is what the page says of itself, unchecked: `canonical_url`, the times,
    `authors`, `site_name`, and `credit`, the name of the news agency that the page credits.
    """

    url: str
    fetched_at: datetime
    teaser: str
    begins: int
    canonical_url: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    authors: tuple[str, ...] = ()
    site_name: str | None = None
    credit: str | None = None

    def __post_init__(self) -> None:
        require_utc(self, "fetched_at", "published_at", "modified_at")
