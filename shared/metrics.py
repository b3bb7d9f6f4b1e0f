"""Every metric's name, kind, labels and meaning; labels are bounded sets, never addresses or ids."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

PREFIX = "pactwatch_"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """The metrics of one process; build one per composition root and hand it down."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.feed_polls = self._counter("feed_polls", "Polls of feeds, by outcome", "outcome")
        self.entries = self._counter("entries", "Entries seen in feeds, by final state", "state")
        self.feed_poll_seconds = self._histogram("feed_poll_seconds", "From request to stored outcome")
        self.records = self._counter("records", "Stream records handled", "group", "outcome")
        self.record_seconds = self._histogram("record_seconds", "Time to handle one record", "group")
        self.dead_letters = self._counter("dead_letters", "Records given up", "topic", "error")
        self.commits = self._counter("commits", "Offset commits", "group", "outcome")
        self.waiting = self._gauge("waiting", "1 while a group waits for an unavailable server", "group")
        self.decisions = self._counter("decisions", "What became of stories", "outcome", "reason")
        self.articles = self._counter("articles", "Pages of stories looked for", "outcome")
        self.outage = self._gauge("outage", "1 while our own network keeps us from reading feeds")
        self.feeds_in_flight = self._gauge("feeds_in_flight", "Polls under way")
        self.feed_lateness_seconds = self._histogram("feed_lateness_seconds", "From due to asked")
        self.feed_events = self._counter("feed_events", "Changes of feeds' health", "kind", "health")
        self.hub_requests = self._counter("hub_requests", "Requests to WebSub hubs", "mode", "outcome")
        self.hub_intents = self._counter("hub_intents", "Hubs asking or telling us", "mode", "outcome")
        self.hub_pushes = self._counter("hub_pushes", "Documents that came from hubs", "outcome")
        self.feed_pushes = self._counter("feed_pushes", "Pushed documents in ingest", "outcome")
        self.webhook_attempts = self._counter(
            "webhook_attempts", "Tries to deliver", "outcome", "status_class"
        )
        self.webhook_attempt_seconds = self._histogram("webhook_attempt_seconds", "Time one try took")
        self.webhook_delivery_age_seconds = self._histogram(
            "webhook_delivery_age_seconds", "From alert to accepted delivery"
        )

    def render(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(PREFIX + name, meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(PREFIX + name, meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, *labels: str) -> Histogram:
        return Histogram(PREFIX + name, meaning, labels, registry=self.registry, buckets=SECONDS)
