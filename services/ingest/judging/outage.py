"""Telling our own network's outage from the troubles of others: pure.

Hosts fail all the time, each for itself. When more than a third of those that were well fail to be reached
within the same minutes, the fault is ours: nobody is blamed for it.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.model.feed import Outage

WINDOW: Final = timedelta(minutes=5)
FEWEST: Final = 5
"""So many hosts that were well must have been asked in the window before a share of them means anything."""
SHARE: Final = 1 / 3
LATELY: Final = timedelta(minutes=1)
"""An outage is over when no more than the same share fails of those asked lately, at least three."""
FEWEST_LATELY: Final = 3
LONGEST_IN_PART: Final = timedelta(minutes=30)
"""If some hosts answer all that time it is not our network any more, whatever it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One host was asked: `reached` if anything answered, `well` if the attempt before it was reached."""

    host: str
    at: datetime
    reached: bool
    well: bool


class OutageWatch:
    """Watches attempts and says when an outage of ours begins and ends. `current` is one under way."""

    def __init__(self, current: Outage | None = None) -> None:
        self.current = current
        self._wells = _Window(WINDOW)
        self._lately = _Window(LATELY)
        self._began: datetime | None = None

    @property
    def failed(self) -> int:
        """How many hosts were out of reach lately."""
        return self._wells.failed

    def told(self, attempt: Attempt) -> Outage | None:
        """The outage that this attempt began or ended; None if it changed nothing."""
        self._began = self._began or attempt.at
        self._wells.expire(attempt.at)
        self._lately.expire(attempt.at)
        self._lately.put(attempt.host, attempt.at, failed=not attempt.reached)
        if attempt.well or attempt.host in self._wells or self.current is not None:
            self._wells.put(attempt.host, attempt.at, failed=not attempt.reached)
        if self.current is None:
            return self._begun(attempt.at)
        return self._ended(attempt.at)

    def _begun(self, now: datetime) -> Outage | None:
        tried, failed = len(self._wells), self._wells.failed
        if tried < FEWEST or failed <= tried * SHARE:
            return None
        first = self._wells.first_failure or now
        reason = f"our own network: {failed} of {tried} hosts failed since {first:%H:%M} UTC"
        self.current = Outage(began_at=now, ended_at=None, reason=reason)
        return self.current

    def _ended(self, now: datetime) -> Outage | None:
        outage = self.current
        tried, failed = len(self._lately), self._lately.failed
        if outage is None or failed == tried:
            return None
        few = tried < FEWEST_LATELY
        # So few may be all that are left to ask: that is known only after asking for as long.
        since = max(self._began or now, outage.began_at) if few else outage.began_at
        if (few or failed > tried * SHARE) and now - since < LONGEST_IN_PART:
            return None
        self.current = None
        self._wells = _Window(WINDOW)  # those that still fail fail for themselves: they are not newly gone
        return Outage(began_at=outage.began_at, ended_at=max(now, outage.began_at), reason=outage.reason)


class _Window:
    """The last attempt at each host within a span of time."""

    def __init__(self, span: timedelta) -> None:
        self._span = span
        self._attempts: OrderedDict[str, tuple[datetime, bool]] = OrderedDict()
        self.failed = 0

    def __len__(self) -> int:
        return len(self._attempts)

    def __contains__(self, host: str) -> bool:
        return host in self._attempts

    @property
    def first_failure(self) -> datetime | None:
        return next((at for at, failed in self._attempts.values() if failed), None)

    def put(self, host: str, at: datetime, *, failed: bool) -> None:
        _, before = self._attempts.pop(host, (at, False))
        self._attempts[host] = (at, failed)
        self.failed += failed - before

    def expire(self, now: datetime) -> None:
        while self._attempts:
            host, (at, failed) = next(iter(self._attempts.items()))
            # A clock that goes back makes moments of the future, which would never expire.
            if timedelta() <= now - at < self._span:
                return
            del self._attempts[host]
            self.failed -= failed
