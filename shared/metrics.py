"""Every metric's name, kind, labels and meaning, in one place; labels are bounded sets, never addresses or ids."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of one process; build one per composition root and hand it down."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    feed_polls: Counter = field(init=False)
    entries: Counter = field(init=False)
    feed_poll_seconds: Histogram = field(init=False)
    records: Counter = field(init=False)
    record_seconds: Histogram = field(init=False)
    dead_letters: Counter = field(init=False)
    commits: Counter = field(init=False)
    waiting: Gauge = field(init=False)
    decisions: Counter = field(init=False)
    webhook_attempts: Counter = field(init=False)
    webhook_attempt_seconds: Histogram = field(init=False)
    webhook_delivery_age_seconds: Histogram = field(init=False)

    def __post_init__(self) -> None:
        for name, kind, meaning, labels in (
            ("feed_polls", Counter, "Polls of feeds, by outcome", ("outcome",)),
            ("entries", Counter, "Entries seen in feeds, by final state", ("state",)),
            ("feed_poll_seconds", Histogram, "Time from request to stored outcome", ()),
            ("records", Counter, "Stream records handled, by group and outcome", ("group", "outcome")),
            ("record_seconds", Histogram, "Time to handle one record", ("group",)),
            ("dead_letters", Counter, "Records given up, by topic and error class", ("topic", "error")),
            ("commits", Counter, "Offset commits, by group and outcome", ("group", "outcome")),
            ("waiting", Gauge, "1 while a group waits for an unavailable server", ("group",)),
            ("decisions", Counter, "What became of relevant stories", ("outcome", "reason")),
            ("webhook_attempts", Counter, "Delivery attempts, by outcome", ("outcome", "status_class")),
            ("webhook_attempt_seconds", Histogram, "Time one attempt took", ()),
            ("webhook_delivery_age_seconds", Histogram, "From alert to accepted delivery", ()),
        ):
            options = {"buckets": SECONDS} if kind is Histogram else {}
            metric = kind(f"pactwatch_{name}", meaning, labels, registry=self.registry, **options)
            object.__setattr__(self, name, metric)

    def render(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self.registry)
