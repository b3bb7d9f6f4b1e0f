"""What happens on a publisher's days."""

from datetime import datetime, timedelta

from tests.origin.answers import Answer
from tests.origin.newsroom import Entry, Override, Step
from tests.unit.services.ingest.desk import NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def always(answer: Answer) -> Override:
    return lambda *_: answer


def report(number: int, at: datetime = NOW) -> Entry:
    return Entry(name=f"story-{number}", title=f"Report {number}", guid=f"report-{number}", published=at)


def reports(count: int, *, every: timedelta) -> list[Step]:
    """A report again and again, the first after once that time."""
    return [_publishing(number, NOW + number * every) for number in range(1, count + 1)]


def _publishing(number: int, at: datetime) -> Step:
    return Step(at=at, happens=lambda room: room.publish(report(number, at)))
