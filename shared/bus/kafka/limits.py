"""How long anything on Kafka may take: the settings of production, and in tests others."""

from dataclasses import dataclass
from datetime import timedelta


def milliseconds(span: timedelta) -> int:
    """As aiokafka wants its settings."""
    return round(span.total_seconds() * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaLimits:
    """Deadlines of calls, intervals of the group protocol, and the supervisor's patience."""

    start: timedelta = timedelta(seconds=60)
    """Joining a group, others taking their time to finish their batches."""
    ask: timedelta = timedelta(seconds=10)
    commit: timedelta = timedelta(seconds=10)
    hold: timedelta = timedelta(seconds=1)
    stop: timedelta = timedelta(seconds=10)
    """Leaving in good order; past that the client is taken apart."""
    publish: timedelta = timedelta(seconds=30)
    """A batch, with the start of the producer where there was none."""
    admin: timedelta = timedelta(seconds=20)
    check: timedelta = timedelta(seconds=4)
    settle: timedelta = timedelta(seconds=3)
    """A topic just created may be unknown to some brokers for so long."""

    session: timedelta = timedelta(seconds=30)
    heartbeat: timedelta = timedelta(seconds=3)
    rebalance: timedelta = timedelta(seconds=60)
    drain: timedelta = timedelta(seconds=45)
    """How long a rebalance waits for the batch in hand; less than `rebalance` by a margin."""
    idle: timedelta = timedelta(hours=1)
    """A member that neither polls nor holds leaves. Long: every record has its own deadline, and a batch of
    slow ones that lost its membership each time would be handled for ever."""
    request: timedelta = timedelta(seconds=20)

    ask_every: timedelta = timedelta(seconds=20)
    silent_after: timedelta = timedelta(seconds=60)
    stuck_after: timedelta = timedelta(seconds=120)

    @property
    def member_request(self) -> timedelta:
        """To join is one request, as long as the rebalance: with less the group never settles."""
        return self.rebalance + timedelta(seconds=15)
