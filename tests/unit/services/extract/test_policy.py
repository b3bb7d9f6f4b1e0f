"""What is told and what is not, and how severe and how sure it is said to be."""

from dataclasses import replace

import pytest

from services.extract.alerting import consequence, headline
from services.extract.events import Assignment
from services.extract.policy import Verdict, decide, material_change
from services.extract.severity import LEVELS, level
from shared.model.history import EventHistory, Wording
from shared.model.story import Story
from tests.samples import NOON, TEXT, TITLE, a_story, a_tagged_story, an_alert, an_article, some_tags

NEW = Assignment(event_id="event-1", copy_of=None, reason="no story of the last 72 hours reads like it")
COPY = Assignment(event_id="event-1", copy_of="other", reason="100% shared")
TOLD = Wording(story_id=a_story().id, revision=1, title=TITLE, text=TEXT)


def _history(told: Wording | None = TOLD) -> EventHistory:
    first = consequence(a_tagged_story(), NEW, Verdict(outcome="held", reason="", because=""), None, NOON)
    return EventHistory(
        event=first.event, alerts=(an_alert(),), outlets=("first",), languages=("ko",), told=told
    )


def _verdict(story: Story, assignment: Assignment = NEW, history: EventHistory | None = None) -> Verdict:
    return decide(a_tagged_story(story), assignment, history, newest_revision=None)


def test_the_first_story_of_an_event_is_told() -> None:
    assert _verdict(a_story()).told_as == "first_report"


def test_a_copy_is_not_told_and_the_reason_names_its_original() -> None:
    verdict = _verdict(a_story(id="copy"), COPY, _history(told=None))
    assert (verdict.outcome, verdict.reason) == ("suppressed", "copy")
    assert "other" in verdict.because


def test_a_copy_in_an_event_nobody_was_told_of_is_told() -> None:
    untold = EventHistory(event=_history().event, alerts=(), outlets=(), languages=(), told=None)
    assert _verdict(a_story(id="copy"), COPY, untold).told_as == "first_report"


def test_an_older_revision_that_comes_late_is_not_told() -> None:
    verdict = decide(a_tagged_story(), NEW, None, newest_revision=2)
    assert (verdict.outcome, verdict.reason) == ("suppressed", "superseded")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (TITLE, TEXT),
        (TITLE.replace("agency", "the agency"), TEXT),
        (TITLE, f"{TEXT} The sample ministry did not answer questions."),
        (TITLE, f"{TEXT} Updated 22.10.2024 14:05"),
        (TITLE, TEXT.replace("1,500", "1 500".replace(" ", "\u00a0"))),
        (TITLE, TEXT.upper()),
    ],
)
def test_polish_of_a_told_story_is_not_told_again(title: str, text: str) -> None:
    verdict = _verdict(a_story(revision=2, title=title, text=text), NEW, _history())
    assert (verdict.outcome, verdict.reason) == ("suppressed", "polish")


@pytest.mark.parametrize(
    ("title", "text", "because"),
    [
        (TITLE, TEXT.replace("1,500", "3,000"), "1500"),
        (TITLE, f"Correction: an earlier version named another agency. {TEXT}", "correction"),
        (TITLE, "The sample agency took its report back and gave no reason for it.", "no longer says"),
        ("Sample: the agency was misquoted", TEXT.replace("has sent", "never sent").split("the")[0], "keeps"),
    ],
)
def test_a_told_story_that_says_something_else_is_a_correction(title: str, text: str, because: str) -> None:
    verdict = _verdict(a_story(revision=2, title=title, text=text), NEW, _history())
    assert verdict.told_as == "correction"
    assert because in verdict.because.casefold()


def test_that_we_read_the_page_by_now_is_no_correction() -> None:
    page = f"{TEXT}\nAn earlier statement was withdrawn, the sample ministry said. It named 2,000 sappers."
    completed = replace(
        a_tagged_story(a_story(revision=2, title=f"{TITLE}.", text=page)), article=an_article(teaser=TEXT)
    )
    verdict = decide(completed, NEW, _history(), newest_revision=None)
    assert (verdict.outcome, verdict.reason) == ("suppressed", "polish")


def test_a_teaser_that_changed_is_a_correction_whatever_its_page_says() -> None:
    teaser = "The sample agency withdrew its report."
    completed = replace(
        a_tagged_story(a_story(revision=2, text=teaser)), article=an_article(teaser=teaser, begins=0)
    )
    assert decide(completed, NEW, _history(), newest_revision=None).told_as == "correction"


def test_a_told_story_is_corrected_even_when_others_have_copied_it() -> None:
    revised = a_story(revision=2, text=TEXT.replace("1,500", "3,000"))
    assert _verdict(revised, COPY, _history()).told_as == "correction"


def test_a_report_turned_into_a_denial_is_a_correction() -> None:
    tagged = a_tagged_story(a_story(revision=2), some_tags(categories=("confirmation_denial",)))
    verdict = decide(tagged, NEW, _history(), newest_revision=1)
    assert verdict.told_as == "correction"


def test_a_correction_refers_to_the_alert_it_corrects() -> None:
    tagged = a_tagged_story(a_story(revision=2, text=TEXT.replace("1,500", "3,000")))
    verdict = decide(tagged, NEW, _history(), newest_revision=1)
    alert = consequence(tagged, NEW, verdict, _history(), NOON).alert
    assert alert is not None
    assert alert.references == (an_alert().id,)
    assert alert.coverage.outlets == ("first", "sample-wire")
    assert alert.coverage.languages == ("en", "ko")


def test_every_verdict_makes_a_decision_and_only_a_told_one_an_alert() -> None:
    told = consequence(a_tagged_story(), NEW, _verdict(a_story()), None, NOON)
    kept = consequence(a_tagged_story(), COPY, _verdict(a_story(id="c"), COPY, _history(None)), None, NOON)
    assert told.alert is not None
    assert told.decision.alert_id == told.alert.id
    assert (kept.alert, kept.decision.alert_id) == (None, None)


def test_numbers_that_only_moved_are_no_change() -> None:
    told = Wording(story_id="a", revision=1, title="40 trucks", text="In all 12,000 people live there.")
    assert material_change(told, "Trucks: 40", "12.000 people live there, in all.") is None


@pytest.mark.parametrize(
    ("categories", "tier", "expected"),
    [
        (("combat",), "core", 5),
        (("visits_diplomacy", "arms_transfer"), "core", 4),
        (("visits_diplomacy", "sanctions", "combat"), "core", 2),
        (("combat",), "passing", 4),
        (("commemoration_propaganda",), "passing", 1),
        ((), "core", 2),
        (("of_tomorrow",), "core", 2),
    ],
)
def test_severity_follows_the_principal_categories(
    categories: tuple[str, ...], tier: str, expected: int
) -> None:
    assert level(some_tags(categories=categories, tier=tier)).severity == expected


def test_every_level_has_a_reason_and_is_from_1_to_5() -> None:
    assert all(1 <= each.severity <= 5 and each.why for each in LEVELS.values())


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("  Trucks\n seen ", "text", "Trucks seen"),
        ("", "A lead.", "A lead."),
        ("", "", "sample-wire"),
        ("x" * 400, "", "x" * 299 + "…"),
    ],
)
def test_a_headline_is_one_line_of_bounded_length(title: str, text: str, expected: str) -> None:
    assert headline(a_tagged_story(a_story(title=title, text=text))) == expected
