"""What came of a replay, read from the database and the receiver."""

from dataclasses import dataclass

from services.demo.receiver import Receiver
from shared.db import Database
from shared.model.alert import Alert
from shared.store.alerts import AlertStore
from shared.store.events import EventStore
from shared.store.ledger import LedgerStore
from shared.store.stories import StoryStore


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOutcome:
    """Counts and alerts of one replay.

    `deliveries` counts the requests the receiver got, `verified` those of them that were signed well.
    """

    stories: int
    relevant: int
    events: int
    alerts: tuple[Alert, ...]
    deliveries: int
    verified: int
    seconds: float
    ledger: dict[str, int]

    def summary(self) -> dict[str, int | float]:
        """The machine-readable line of `pactwatch demo --json`."""
        return {
            "stories": self.stories,
            "relevant": self.relevant,
            "events": self.events,
            "alerts": len(self.alerts),
            "deliveries": self.deliveries,
            "verified": self.verified,
            "seconds": round(self.seconds, 1),
        }


async def read_outcome(database: Database, receiver: Receiver, *, seconds: float) -> DemoOutcome:
    """Read it once everything has settled."""
    stories = StoryStore(database)
    told = await AlertStore(database).list(after=0, limit=1000)
    return DemoOutcome(
        stories=await stories.count(),
        relevant=await stories.count(relevant=True),
        events=await EventStore(database).count(),
        alerts=tuple(stored.alert for stored in told),
        deliveries=receiver.received.requests,
        verified=receiver.received.verified,
        seconds=seconds,
        ledger=dict(await LedgerStore(database).counts()),
    )
