"""The correlator on both databases: what is told, once, whatever is handled again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.extract.correlator import Correlator
from services.extract.rules.agencies import load_agencies
from shared.db import Database
from shared.errors import DecodeError
from shared.messages import ALERT, STORY, TAGGED_STORY, WATCH, decode, encode
from shared.metrics import Metrics
from shared.model.alert import Alert
from shared.model.tag import TaggedStory
from shared.ports import OutgoingRecord, StreamRecord
from shared.store.alerts import AlertStore
from shared.store.events import EventStore
from shared.store.ledger import LedgerStore
from shared.store.stories import StoryStore
from tests.contract.store.rows import all_rows, wipe
from tests.samples import NOON, a_story, a_tagged_story, as_read, some_tags

WORDS = [
    "bridge",
    "convoy",
    "harbour",
    "dawn",
    "ministry",
    "official",
    "cargo",
    "border",
    "weather",
    "picture",
    "number",
    "service",
]


class TickingClock:
    """Another moment at every look, so that nothing is the same by accident."""

    def __init__(self) -> None:
        self._now = NOON

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def _delivered(tagged: TaggedStory) -> StreamRecord:
    return as_read(encode(TAGGED_STORY, tagged, source="/extract", now=NOON))


def _text(seed: int, length: int = 60) -> str:
    """Words in an order that only this seed has, and the seed as a number."""
    chosen = [WORDS[(seed * 7 + place * (seed + 3) + place // 5) % len(WORDS)] for place in range(length)]
    return f"{' '.join(chosen)} {1000 + seed}"


def _story(name: str, *, seed: int = 0, revision: int = 1, relevant: bool = True) -> TaggedStory:
    story = a_story(
        id=name, outlet=f"outlet-{name}", revision=revision, text=_text(seed), title=f"Title {name}"
    )
    return a_tagged_story(story, some_tags(relevant=relevant))


@pytest.fixture
def correlator(database: Database) -> Correlator:
    return Correlator(database, TickingClock(), Metrics(), load_agencies())


async def _handle(correlator: Correlator, *tagged: TaggedStory) -> list[Alert]:
    found: list[OutgoingRecord] = []
    for each in tagged:
        found += await correlator.handle(_delivered(each))
    return [decode(ALERT, as_read(outgoing)) for outgoing in found]


async def test_a_first_story_makes_one_alert_keyed_by_its_event(
    correlator: Correlator, database: Database
) -> None:
    outgoing = await correlator.handle(_delivered(_story("a")))
    (alert,) = (decode(ALERT, as_read(each)) for each in outgoing)
    assert (alert.reason, alert.sequence, alert.watch, alert.severity) == ("first_report", 1, WATCH, 5)
    assert outgoing[0].key == alert.event_id
    assert alert.stories[0].evidence == some_tags().evidence
    assert await AlertStore(database).get(alert.id) == alert
    stored = await StoryStore(database).get("a")
    assert stored is not None
    assert stored.state == "notified"


async def test_an_irrelevant_story_is_kept_and_makes_nothing(
    correlator: Correlator, database: Database
) -> None:
    assert await _handle(correlator, _story("a", relevant=False)) == []
    stored = await StoryStore(database).get("a")
    assert stored is not None
    assert stored.state == "off_topic"
    assert await EventStore(database).count() == 0


async def test_forty_copies_of_one_wire_story_make_one_alert(
    correlator: Correlator, database: Database
) -> None:
    alerts = await _handle(correlator, *(_story(f"copy-{number}") for number in range(40)))
    assert len(alerts) == 1
    event = await EventStore(database).get(alerts[0].event_id)
    assert event is not None
    assert event.stories == 40
    counts = await LedgerStore(database).counts()
    assert (counts["relevant"], counts["notified"], counts["suppressed"]) == (40, 1, 39)


async def test_a_record_handled_again_gives_the_same_bytes_and_changes_no_row(
    correlator: Correlator, database: Database
) -> None:
    first = await correlator.handle(_delivered(_story("a")))
    before = await all_rows(database)
    restarted = Correlator(database, TickingClock(), Metrics(), load_agencies())
    for handler in (correlator, restarted):
        assert await handler.handle(_delivered(_story("a"))) == first
    assert await all_rows(database) == before


async def test_a_revised_number_is_a_correction_that_refers_to_the_first_alert(
    correlator: Correlator,
) -> None:
    first, correction = await _handle(correlator, _story("a"), _story("a", revision=2, seed=1))
    assert (correction.reason, correction.sequence) == ("correction", 2)
    assert (correction.event_id, correction.references) == (first.event_id, (first.id,))


async def test_polish_and_a_late_older_revision_are_suppressed_with_their_reasons(
    correlator: Correlator, database: Database
) -> None:
    polished = _story("a", revision=3)
    await _handle(correlator, _story("a"), polished, _story("a", revision=2, seed=1))
    decided = await StoryStore(database).decisions("a")
    assert [decision.reason for decision in decided] == ["first_report", "superseded", "polish"]
    stored = await StoryStore(database).get("a")
    assert stored is not None
    assert stored.tagged == polished


async def test_a_correlator_that_restarts_between_stories_decides_the_same(database: Database) -> None:
    stories = [_story(f"story-{number}", seed=number % 3) for number in range(9)]
    clock = TickingClock()
    whole = await _handle(Correlator(database, clock, Metrics(), load_agencies()), *stories)
    kept = await all_rows(database, without=("alerted_at", "decided_at", "body", "sequence"))
    await wipe(database)
    pieces: list[Alert] = []
    for story in stories:
        pieces += await _handle(Correlator(database, TickingClock(), Metrics(), load_agencies()), story)
    assert [alert.id for alert in pieces] == [alert.id for alert in whole]
    assert await all_rows(database, without=("alerted_at", "decided_at", "body", "sequence")) == kept


async def test_a_record_of_another_kind_is_refused(correlator: Correlator) -> None:
    with pytest.raises(DecodeError):
        await correlator.handle(as_read(encode(STORY, a_story(), source="/ingest", now=NOON)))


RECORDS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(0, 2), st.booleans()), min_size=1, max_size=8
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals=RECORDS, repeats=st.lists(st.integers(0, 7), max_size=6), restart=st.integers(0, 8))
async def test_repeats_and_a_restart_anywhere_change_no_row_and_no_alert(
    database: Database, arrivals: Sequence[tuple[int, int, int, bool]], repeats: list[int], restart: int
) -> None:
    stories = list(
        {
            (name, revision): replace(
                _story(f"story-{name}", seed=seed, revision=revision, relevant=relevant)
            )
            for name, revision, seed, relevant in arrivals
        }.values()
    )
    await wipe(database)
    once = await _handle(Correlator(database, lambda: NOON, Metrics(), load_agencies()), *stories)
    rows = await all_rows(database, without=("sequence",))
    await wipe(database)
    correlator = Correlator(database, lambda: NOON, Metrics(), load_agencies())
    again: list[Alert] = []
    for place, story in enumerate(stories):
        if place == restart:
            correlator = Correlator(database, lambda: NOON, Metrics(), load_agencies())
        again += await _handle(correlator, story)
        for repeat in repeats:
            again += await _handle(correlator, stories[min(repeat, place)])
    assert await all_rows(database, without=("sequence",)) == rows
    assert {alert.id: alert for alert in again} == {alert.id: alert for alert in once}
    counts = await LedgerStore(database).counts()
    assert counts["relevant"] + counts["off_topic"] == len(stories)
    assert counts["notified"] == len(once)
