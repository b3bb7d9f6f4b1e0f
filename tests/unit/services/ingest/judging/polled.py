"""A feed polled again and again, for the tests of its health."""

from datetime import UTC, datetime, timedelta

from services.ingest.findings import Findings
from services.ingest.judging.health import change_of
from services.ingest.policy import IngestPolicy
from services.ingest.settling import Circumstances, overdue, settled
from shared.errors import WebPage
from shared.model.feed import Feed, FeedState, PollOutcome, Validators
from shared.model.health import FeedEvent, HealthState

NOW = datetime(2024, 10, 21, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FEED = Feed(id="f", url="https://x.example/feed", name="Sample", outlet="Sample", language="en")
FRESH = FeedState(feed_id="f", validators=Validators(), next_poll_at=NOW)


def row(times: int, *outcomes: PollOutcome) -> list[PollOutcome]:
    """The same outcomes again and again."""
    return [*outcomes] * times


class Story:
    """A feed polled again and again, and the events that this gave."""

    def __init__(self, state: FeedState = FRESH) -> None:
        self.state, self.now = state, NOW
        self.events: list[FeedEvent] = []

    def given(self, out_of_reach: int | None = None) -> Circumstances:
        return Circumstances(
            policy=IngestPolicy(),
            random=lambda: 0.5,
            now=self.now,
            seeing_since=NOW,
            out_of_reach=out_of_reach,
        )

    def poll(
        self,
        *outcomes: PollOutcome,
        status: int | None = 200,
        every: timedelta = 10 * MINUTE,
        elapsed: timedelta = MINUTE / 60,
        out_of_reach: int | None = None,
        said: str | None = None,
        page: WebPage | None = None,
    ) -> "Story":
        for outcome in outcomes:
            self.now += every
            error = None if outcome in ("not_modified", "new_entries") else said or f"it was {outcome}"
            findings = Findings(outcome=outcome, status=status, elapsed=elapsed, error=error, page=page)
            self._after(settled(FEED, self.state, findings, self.given(out_of_reach)))
        return self

    def wait(self, time: timedelta) -> "Story":
        self.now += time
        self._after(overdue(FEED, self.state, self.given()))
        return self

    def _after(self, after: FeedState) -> None:
        event = change_of(FEED, self.state, after, self.now)
        self.events += [event] if event else []
        self.state = after

    @property
    def told(self) -> list[HealthState]:
        return [event.health for event in self.events]

    @property
    def health(self) -> HealthState | None:
        return self.state.health.state if self.state.health else None
