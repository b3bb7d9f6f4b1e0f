"""The demo's clock: it stands still until told to move."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class ReplayClock:
    """A `Clock` whose present moment the replay sets."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, moment: datetime) -> None:
        """Never back: a feed's past must not come again."""
        self.now = max(self.now, moment)
