"""Is a consumer alive? aiokafka answers an unreachable cluster with empty polls and no error, so we ask."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

ASK_EVERY = timedelta(seconds=20)
SILENT_AFTER = timedelta(seconds=60)
STUCK_AFTER = timedelta(seconds=120)


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Judges one consumer by what was observed of it; pure but for what it remembers."""

    heard_at: datetime
    """When the brokers last answered."""
    moved_at: datetime
    """When records last arrived, or there were none to get."""
    asked_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.asked_at = self.heard_at

    def records_arrived(self, now: datetime) -> None:
        self.heard_at = self.moved_at = self.asked_at = now

    def should_ask(self, now: datetime) -> bool:
        """Time to ask the brokers for end offsets?"""
        return now - self.asked_at >= ASK_EVERY

    def asked(self, now: datetime) -> None:
        self.asked_at = now

    def answered(self, lag: int, now: datetime) -> None:
        self.heard_at = now
        if lag == 0:
            self.moved_at = now

    def verdict(self, now: datetime) -> str | None:
        """None while the consumer is sound, else what is wrong with it."""
        if now - self.heard_at > SILENT_AFTER:
            return f"no broker answered since {self.heard_at:%H:%M:%S}"
        if now - self.moved_at > STUCK_AFTER:
            return f"records wait and none arrived since {self.moved_at:%H:%M:%S}"
        return None
