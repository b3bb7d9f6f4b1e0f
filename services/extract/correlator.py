"""Tagged stories in, alerts out: the handler of the consumer group "correlate".

    decode ▸ decided before? answer the same ▸ assign ▸ decide ▸ store all in one transaction ▸ alert

The database holds all state. A record handled again, by this process or the next, finds its decision and
returns the alert that was stored then, byte for byte.
"""

import asyncio
from collections.abc import Sequence

import structlog

from services.extract.alerting import consequence
from services.extract.events import Assignment, assign
from services.extract.origins.agencies import AgencyFinder
from services.extract.origins.tracing import origin_of
from services.extract.origins.window import ACTIVE_STORIES, Window
from services.extract.policy import decide
from shared.db import Database
from shared.messages import ALERT, TAGGED_STORY, decode, encode
from shared.metrics import Metrics
from shared.model.alert import Alert
from shared.model.origin import Origin
from shared.model.tag import TaggedStory
from shared.model.times import Clock
from shared.ports import OutgoingRecord, StreamRecord
from shared.store.alerts import AlertStore
from shared.store.events import EventStore, Known
from shared.store.stories import StoryStore

SOURCE = "/extract"
WORDINGS_AT_ONCE = 20

log = structlog.get_logger()


class Correlator:
    """Puts relevant stories into events and decides alerts; `handle` is what the consume loop calls."""

    def __init__(self, database: Database, clock: Clock, metrics: Metrics, agencies: AgencyFinder) -> None:
        self._stories = StoryStore(database)
        self._events = EventStore(database)
        self._alerts = AlertStore(database)
        self._clock = clock
        self._metrics = metrics
        self._window = Window()
        self._agencies = agencies
        self._turn = asyncio.Lock()  # the window is renewed and asked by one story at a time

    async def handle(self, record: StreamRecord) -> Sequence[OutgoingRecord]:
        """The alert of this revision, if it has one. Raises MalformedError, DatabaseUnavailableError."""
        tagged = decode(TAGGED_STORY, record)
        if not tagged.tags.relevant:
            await self._stories.record(tagged, None)
            return ()
        async with self._turn:
            alert = await self._correlate(tagged)
        return () if alert is None else (_outgoing(alert),)

    async def _correlate(self, tagged: TaggedStory) -> Alert | None:
        story = tagged.story
        known = await self._events.known(story.id, story.revision, active=ACTIVE_STORIES)
        if known.decision is not None:
            alert_id = known.decision.alert_id
            return None if alert_id is None else await self._alerts.get(alert_id)
        await self._renew_window(known)
        return await self._decide(tagged, known)

    async def _decide(self, tagged: TaggedStory, known: Known) -> Alert | None:
        story = tagged.story
        assignment = assign(story, self._window, event_id=known.event_id)
        begins = assignment.begins
        history = None if begins else await self._events.history(assignment.event_id, story.id)
        verdict = decide(tagged, assignment, history, newest_revision=known.newest_revision)
        made = consequence(tagged, assignment, verdict, history, self._clock())
        origin = self._origin(tagged, assignment)
        alert = await self._stories.record(
            tagged, made.decision, event=made.event, alert=made.alert, origin=origin
        )
        self._metrics.decisions.labels(outcome=verdict.outcome, reason=verdict.reason).inc()
        log.info(
            "story_decided",
            story=story.id,
            revision=story.revision,
            event_id=assignment.event_id,
            outcome=verdict.outcome,
            reason=verdict.reason,
        )
        return alert

    def _origin(self, tagged: TaggedStory, assignment: Assignment) -> Origin:
        story, article = tagged.story, tagged.article
        of_page = article.credit if article is not None else None
        return origin_of(
            assignment,
            self._agencies.credits(story.title, story.text),
            None if of_page is None else self._agencies.named(of_page),
        )

    async def _renew_window(self, known: Known) -> None:
        """Reads what the window lacks a few stories at a time: after a restart that is all of it."""
        missing = self._window.missing(known.active)
        for start in range(0, len(missing), WORDINGS_AT_ONCE):
            some = missing[start : start + WORDINGS_AT_ONCE]
            self._window.renew(known.active, await self._events.wordings(story.story_id for story in some))
            await asyncio.sleep(0)
        self._window.renew(known.active, ())


def _outgoing(alert: Alert) -> OutgoingRecord:
    """The record of an alert, the same bytes whenever it is made."""
    return encode(ALERT, alert, source=SOURCE, now=alert.alerted_at)
