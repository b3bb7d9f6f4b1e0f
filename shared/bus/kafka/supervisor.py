"""Is a consumer alive? aiokafka answers an unreachable cluster with empty polls and no error, so we ask."""

from datetime import datetime, timedelta

from shared.bus.kafka.limits import KafkaLimits


class Supervisor:
    """Judges one consumer by what was observed of it; pure but for what it remembers.

    Only time spent polling counts against a consumer, not the time its records took to handle.
    """

    def __init__(self, now: datetime, limits: KafkaLimits) -> None:
        self._limits = limits
        self._seen_at = now
        self._asked_at = now
        self._moved_at = now
        self._failing_since: datetime | None = None

    def polling(self, now: datetime) -> None:
        """A poll begins."""
        away = max(now - self._seen_at, timedelta())
        self._asked_at += away
        self._moved_at += away
        self._seen_at = now

    def polled(self, now: datetime) -> None:
        """The poll is over, with records or without."""
        self._seen_at = now

    def should_ask(self, now: datetime) -> bool:
        """Time to ask the brokers how much there is to read? At every poll while they do not answer."""
        return self._failing_since is not None or now - self._asked_at >= self._limits.ask_every

    def answered(self, lag: int, now: datetime) -> None:
        """The brokers said how many records wait."""
        self._asked_at = now
        self._failing_since = None
        if lag == 0:
            self._moved_at = now

    def moved(self, now: datetime) -> None:
        """Records arrived."""
        self._asked_at = self._moved_at = now
        self._failing_since = None

    def committed(self) -> None:
        self._failing_since = None

    def failed(self, now: datetime) -> None:
        """A poll, a question or a commit failed."""
        self._failing_since = self._failing_since or now

    def verdict(self, now: datetime) -> str | None:
        """None while the consumer may be sound, else what is wrong with it."""
        if self._failing_since is not None and now - self._failing_since > self._limits.silent_after:
            return f"nothing succeeded since {self._failing_since:%H:%M:%S}"
        if now - self._moved_at > self._limits.stuck_after:
            return f"records wait and none arrived since {self._moved_at:%H:%M:%S}"
        return None
