"""A story: one outlet's report, as its feed carried it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.model.times import require_utc

PublishedSource = Literal["feed", "feed_repaired", "updated", "first_seen", "clamped"]
"""Which rule gave `published_at`: the feed's own date, the same re-read by our rules, the entry's update
time, no usable date (the moment we saw it), or an implausible date moved to the fetch time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One revision of one outlet's report.

    `title` and `text` are plain text, as received after markup was turned into text; every span in tags and
    claims counts code points in one of the two. `revision` starts at 1 and rises by one when title or text
    changed; `id` stays. `entry_key` is what identified the entry in its feed.
    """

    id: str
    revision: int
    entry_key: str
    feed_url: str
    outlet: str
    title: str
    text: str
    url: str | None
    language: str | None
    published_at: datetime
    published_source: PublishedSource
    first_seen_at: datetime
    revised_at: datetime | None = None
    content_hash: str

    def __post_init__(self) -> None:
        require_utc(self, "published_at", "first_seen_at", "revised_at")
        if self.revision < 1:
            raise ValueError(f"Story.revision starts at 1, got {self.revision}")
