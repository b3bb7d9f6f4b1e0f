"""What completing a story may cost."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.model.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePolicy:
    """What completing a story may cost.

    - `total`: how long after it was seen a story may wait for its page, all in all; one that is late already
      has `late` for it. `reading` is what a worker may take of that.
    - `at_once`: pages looked for at the same time in this process.
    """

    total: timedelta = timedelta(seconds=20)
    late: timedelta = timedelta(seconds=8)
    reading: timedelta = timedelta(seconds=4)
    at_once: int = 8

    def budget(self, story: Story, now: datetime) -> timedelta:
        """What is left to this story."""
        age = now - (story.revised_at or story.first_seen_at)
        return min(max(self.total - age, self.late), self.total)
