"""Copies and credits as the correlator stores them, on both databases."""

from dataclasses import replace
from datetime import datetime

from services.extract.correlator import Correlator
from services.extract.rules.agencies import load_agencies
from shared.db import Database
from shared.messages import TAGGED_STORY, encode
from shared.metrics import Metrics
from shared.model.article import Article
from shared.model.origin import Origin
from shared.store.stories import StoryStore
from tests.samples import NOON, a_story, a_tagged_story, as_read, some_tags

WIRE = (
    "The sample ministry said on Monday that a column of about forty trucks had crossed the bridge before "
    "dawn, that the drivers wore no insignia and that the cargo was covered with grey sheets from end to end."
)
ELSEWHERE = (
    "Lawmakers left a closed briefing in the evening and gave three different numbers to the waiting "
    "cameras, which the service then refused to confirm, pointing to the weather over the strait."
)


def _noon() -> datetime:
    return NOON


def _correlator(database: Database) -> Correlator:
    return Correlator(database, _noon, Metrics(), load_agencies())


async def _handle(correlator: Correlator, name: str, text: str, *, relevant: bool = True) -> None:
    story = a_story(id=name, outlet=f"{name}.example", title=f"Title of {name}", text=text)
    tagged = a_tagged_story(story, some_tags(relevant=relevant))
    await correlator.handle(as_read(encode(TAGGED_STORY, tagged, source="/extract", now=NOON)))


async def _origin(database: Database, name: str) -> Origin | None:
    stored = await StoryStore(database).get(name)
    assert stored is not None
    return stored.origin


async def test_a_copy_is_stored_with_its_original_and_a_credit_with_its_words(database: Database) -> None:
    correlator = _correlator(database)
    await _handle(correlator, "wire", f"SEOUL (Yonhap) -- {WIRE}")
    await _handle(correlator, "paper", f"{WIRE} The bridge was closed at noon.\nSource: Yonhap")
    await _handle(correlator, "twin", WIRE)
    twin = await _origin(database, "twin")
    assert twin is not None
    assert (twin.copy_of, twin.copy_kind) == ("wire", "exact")  # where it was filed is none of its words
    wire, paper = await _origin(database, "wire"), await _origin(database, "paper")
    assert wire is not None
    assert paper is not None
    assert (wire.copy_of, wire.copy_kind, wire.containment, wire.agency) == (None, None, None, "ORG-YONHAP")
    assert (paper.copy_of, paper.copy_kind, paper.agency) == ("wire", "near", "ORG-YONHAP")
    assert paper.containment == 1.0
    assert [(credit.text, credit.rule) for credit in paper.credits] == [("Yonhap", "tail.source")]


async def test_a_credit_outside_the_text_counts_where_the_text_has_none(database: Database) -> None:
    correlator = _correlator(database)
    article = Article(url="https://a.example/1", fetched_at=NOON, teaser="", begins=0, credit="(Yonhap)")
    for name, text in (("silent", WIRE), ("signed", f"{ELSEWHERE}\nSource: Reuters")):
        tagged = replace(a_tagged_story(a_story(id=name, title="", text=text)), article=article)
        await correlator.handle(as_read(encode(TAGGED_STORY, tagged, source="/extract", now=NOON)))
    silent, signed = await _origin(database, "silent"), await _origin(database, "signed")
    assert silent is not None
    assert signed is not None
    assert (silent.agency, signed.agency) == ("ORG-YONHAP", "ORG-REUTERS")


async def test_a_story_of_its_own_repeats_none_and_an_irrelevant_one_has_no_origin(
    database: Database,
) -> None:
    correlator = _correlator(database)
    await _handle(correlator, "wire", WIRE)
    await _handle(correlator, "own", ELSEWHERE)
    await _handle(correlator, "elsewhere", WIRE, relevant=False)
    assert await _origin(database, "own") == Origin()
    assert await _origin(database, "elsewhere") is None


async def test_a_correlator_started_anew_finds_originals_among_more_stories_than_it_reads_at_once(
    database: Database,
) -> None:
    before = _correlator(database)
    for number in range(45):
        words = " ".join(f"word{number}x{place}" for place in range(30))
        await _handle(before, f"story-{number}", words)
    restarted = _correlator(database)
    for number in (0, 21, 44):
        words = " ".join(f"word{number}x{place}" for place in range(25))
        await _handle(restarted, f"copy-{number}", words)
        origin = await _origin(database, f"copy-{number}")
        assert origin is not None
        assert origin.copy_of == f"story-{number}"
