"""How patient a consumer group is."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """`renew` must fit several times into `lease`, or a slow disk looks like a death."""

    lease: timedelta = timedelta(seconds=15)
    """A member unheard of for so long is dead, and its partitions go to the others."""
    renew: timedelta = timedelta(seconds=3)
    """How often a member tells that it lives."""
    drain: timedelta = timedelta(seconds=20)
    """How long a live member may finish what it polled before its partition is taken away."""
    recheck: timedelta = timedelta(seconds=1)
    """How long a waiting poll trusts that it would have been woken."""
    sweep: timedelta = timedelta(minutes=1)
    """How often records past their retention are looked for, at most."""
