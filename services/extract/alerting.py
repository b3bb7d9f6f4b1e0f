"""The event and the alert that a verdict makes. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from services.extract.events import Assignment
from services.extract.policy import CERTAINTY, Verdict
from services.extract.severity import level
from shared.messages import WATCH
from shared.model.alert import Alert, AlertStory, Coverage, Decision, Event, Reason
from shared.model.history import EventHistory
from shared.model.ids import alert_id
from shared.model.tag import TaggedStory

HEADLINE_CHARACTERS = 300
MOST_EVIDENCE = 20
MOST_CLAIMS = 100
ONE_ORIGIN = 1  # all stories of an event are copies of one, so far


class Consequence(NamedTuple):
    """What is to be stored because of one revision of a story."""

    decision: Decision
    event: Event
    alert: Alert | None


def consequence(
    tagged: TaggedStory, assignment: Assignment, verdict: Verdict, history: EventHistory | None, now: datetime
) -> Consequence:
    """Everything that follows from the verdict; the alert's sequence is given when it is stored."""
    event = grown_event(tagged, assignment, history)
    alert = (
        None
        if verdict.told_as is None
        else make_alert(tagged, event, verdict.told_as, verdict.because, history, now)
    )
    decision = Decision(
        story_id=tagged.story.id,
        revision=tagged.story.revision,
        outcome=verdict.outcome,
        reason=verdict.reason,
        because=verdict.because,
        event_id=event.id,
        alert_id=None if alert is None else alert.id,
        decided_at=now,
    )
    return Consequence(decision, event, alert)


def grown_event(tagged: TaggedStory, assignment: Assignment, history: EventHistory | None) -> Event:
    """The event with this story in it; what a copy says about severity and certainty changes nothing."""
    story, tags = tagged.story, tagged.tags
    if history is None:
        return Event(
            id=assignment.event_id,
            watch=WATCH,
            headline=headline(tagged),
            severity=level(tags).severity,
            certainty=CERTAINTY,
            categories=tags.categories,
            first_seen_at=story.first_seen_at,
            latest_at=story.first_seen_at,
            stories=1,
        )
    return replace(history.event, latest_at=max(history.event.latest_at, story.first_seen_at))


def make_alert(
    tagged: TaggedStory,
    event: Event,
    reason: Reason,
    because: str,
    history: EventHistory | None,
    now: datetime,
) -> Alert:
    """What subscribers are told; it refers to the event's earlier alerts about the same story."""
    story, tags = tagged.story, tagged.tags
    earlier = () if history is None else history.alerts
    return Alert(
        id=alert_id(event.id, reason, story.id, story.revision),
        event_id=event.id,
        watch=event.watch,
        sequence=len(earlier) + 1,
        reason=reason,
        because=because,
        severity=level(tags).severity,
        certainty=CERTAINTY,
        headline=headline(tagged),
        original_headline=headline(tagged),
        original_language=tags.language,
        categories=tags.categories,
        claims=tags.claims[:MOST_CLAIMS],
        coverage=coverage(tagged, history),
        stories=(told_story(tagged),),
        references=tuple(alert.id for alert in earlier if any(each.id == story.id for each in alert.stories)),
        published_at=story.published_at,
        first_seen_at=story.first_seen_at,
        alerted_at=now,
    )


def headline(tagged: TaggedStory) -> str:
    """One line: the title as published, or how the text begins where there is none."""
    line = " ".join((tagged.story.title.strip() or tagged.story.text).split()) or tagged.story.outlet
    return line if len(line) <= HEADLINE_CHARACTERS else line[: HEADLINE_CHARACTERS - 1] + "…"


def coverage(tagged: TaggedStory, history: EventHistory | None) -> Coverage:
    """Who carries the event, this story included."""
    outlets, languages = {tagged.story.outlet}, {tagged.tags.language}
    if history is not None:
        outlets.update(history.outlets)
        languages.update(history.languages)
    return Coverage(
        outlets=tuple(sorted(outlets)), origins=ONE_ORIGIN, languages=tuple(sorted(languages - {""}))
    )


def told_story(tagged: TaggedStory) -> AlertStory:
    """The story as an alert carries it."""
    story, tags = tagged.story, tagged.tags
    return AlertStory(
        id=story.id,
        revision=story.revision,
        outlet=story.outlet,
        title=story.title,
        language=tags.language,
        url=story.url,
        published_at=story.published_at,
        evidence=tags.evidence[:MOST_EVIDENCE],
    )
