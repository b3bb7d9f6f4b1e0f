"""What ingest may cost, and how often it asks."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.errors import SettingsError

WORKER_MEMORY_BYTES: Final = 2 * 1024**3
"""What a process that parses documents may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestPolicy:
    """The operator's choices; SettingsError names one that makes no sense.

    - `interval`: between polls of a feed whose own rhythm is not known yet; every interval is kept within
      `shortest` and `longest`, and spread by ±`jitter`.
    - `longest_backoff`: the most that failures stretch the interval to; `longest_retry_after` the most that
      a server may ask for; `busy` how long a domain is left alone that asks for patience without a number.
    - `concurrency`: polls in flight; `per_domain` those of one registrable domain, and `pause` the time
      between two starts there.
    - `body_bytes`, `total`, `parse_deadline`: what one document may cost.
    - `oldest`: entries published longer ago and never seen before are not published; None publishes all.
    - `memory`: entries that no document has shown for so long are forgotten.
    - `reload`: how often added and removed feeds are looked for.
    """

    interval: timedelta = timedelta(minutes=10)
    shortest: timedelta = timedelta(minutes=2)
    longest: timedelta = timedelta(minutes=60)
    jitter: float = 0.1
    longest_backoff: timedelta = timedelta(hours=6)
    longest_retry_after: timedelta = timedelta(hours=24)
    busy: timedelta = timedelta(minutes=15)
    concurrency: int = 50
    per_domain: int = 2
    pause: timedelta = timedelta(seconds=5)
    body_bytes: int = 10 * 1024 * 1024
    total: timedelta = timedelta(seconds=30)
    parse_deadline: timedelta = timedelta(seconds=20)
    oldest: timedelta | None = timedelta(days=30)
    memory: timedelta = timedelta(days=400)
    reload: timedelta = timedelta(seconds=5)

    def __post_init__(self) -> None:
        if not timedelta() < self.shortest <= self.longest:
            raise SettingsError(f"intervals between {self.shortest} and {self.longest}")
        if not 0 <= self.jitter < 1:
            raise SettingsError(f"a jitter of {self.jitter}")
        if min(self.concurrency, self.per_domain, self.body_bytes) < 1:
            raise SettingsError("concurrency, per_domain and body_bytes must be at least 1")
        if self.pause < timedelta():
            raise SettingsError(f"a pause of {self.pause}")
