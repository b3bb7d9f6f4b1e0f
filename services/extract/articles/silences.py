"""Domains whose servers did not answer a moment ago: each further story would wait as long for nothing."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

LEFT_ALONE: Final = timedelta(minutes=10)
MOST_KEPT: Final = 1_000


class Silences:
    """Remembered in this process, within bounds; the oldest is forgotten first."""

    def __init__(self, *, most: int = MOST_KEPT) -> None:
        self._most = most
        self._until: OrderedDict[str, datetime] = OrderedDict()

    def begin(self, domain: str, now: datetime) -> None:
        """Leave this domain alone for `LEFT_ALONE`."""
        self._until[domain] = now + LEFT_ALONE
        self._until.move_to_end(domain)
        while len(self._until) > self._most:
            self._until.popitem(last=False)

    def last(self, domain: str, now: datetime) -> bool:
        """Whether it is to be left alone now; a clock that was ahead silences nobody."""
        until = self._until.get(domain)
        return until is not None and now < until <= now + LEFT_ALONE
