"""When to try again: a pure policy that answers with a decision."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

Randomness = Callable[[], float]
"""A number in [0, 1); injected, so that tests own chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Delays before the 2nd, 3rd, … try, each spread by ±`jitter`; after the last, give up.

    With `endless` the last delay repeats for ever instead.
    """

    delays: tuple[timedelta, ...]
    jitter: float = 0.2
    endless: bool = False

    def delay_after(self, attempts: int, random: Randomness) -> timedelta | None:
        """How long to wait after `attempts` failed tries (at least 1); None means give up."""
        if attempts > len(self.delays) and not self.endless:
            return None
        base = self.delays[min(attempts, len(self.delays)) - 1]
        return base * (1 + self.jitter * (2 * random() - 1))


HANDLER = RetryPolicy(delays=tuple(timedelta(seconds=s) for s in (0.2, 1)))
"""A record whose handling fails is tried three times, then dead-lettered."""

UNAVAILABLE = RetryPolicy(delays=tuple(timedelta(seconds=s) for s in (0.5, 1, 2, 5, 10)), endless=True)
"""A server that is gone is waited for, as long as it takes; short enough that it is noticed back at once."""

DELIVERY = RetryPolicy(
    delays=(
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=14),
        timedelta(hours=20),
        timedelta(hours=24),
    )
)
"""A webhook is tried 12 times over about 75 hours."""

HUB = RetryPolicy(
    delays=(
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=6),
        timedelta(days=1),
    ),
    endless=True,
)
"""A hub that does not do what it was asked is asked ever more rarely; polls see what it would have sent."""
