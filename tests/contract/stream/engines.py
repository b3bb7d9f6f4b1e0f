"""The engines under test, and how patient one has to be with each."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from shared.bus.embedded import EmbeddedStream, Timings
from shared.ports import Stream

# `recheck` is long, so that a poll which should have been woken and was not is caught.
EMBEDDED_TIMINGS = Timings(
    lease=timedelta(seconds=2),
    renew=timedelta(seconds=0.3),
    drain=timedelta(seconds=3),
    recheck=timedelta(seconds=10),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine at one address: everybody who opens it reaches the same records."""

    name: str
    address: str
    settling: timedelta
    """Within this time a group has dealt with a member that came or went."""
    silence: timedelta
    """Within this time a group has dealt with a member that died or takes for ever."""

    def open(self) -> Stream:
        """Another connection, as another process would have it."""
        if self.name == "embedded":
            return EmbeddedStream(Path(self.address), timings=EMBEDDED_TIMINGS)
        from shared.bus.kafka import KafkaStream  # only where there is a broker

        return KafkaStream(self.address)


def engine(name: str, address: str) -> Engine:
    """The engine of that name: `embedded` at the path of a file, or `kafka` at `host:port`."""
    embedded = name == "embedded"
    return Engine(
        name=name,
        address=address,
        settling=timedelta(seconds=5 if embedded else 20),
        silence=timedelta(seconds=15 if embedded else 100),
    )
