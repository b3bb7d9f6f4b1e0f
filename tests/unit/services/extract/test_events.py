"""Which stories are copies of one another, and which begin an event."""

import unicodedata
from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extract.events import Assignment, assign
from services.extract.origins.copies import sign, words
from services.extract.origins.window import Window
from shared.model.history import ActiveStory, Wording
from shared.model.ids import derive_id
from shared.model.story import Story
from tests.samples import NOON, a_story

WIRE = (
    "The sample ministry said on Monday that a column of about forty trucks had crossed the bridge "
    "before dawn, that the drivers wore no insignia and that the cargo was covered. A second official, "
    "who asked not to be named, told the sample agency that the same trucks had been seen at the port "
    "two days earlier, and that nobody at the border had been allowed to look inside them."
)
OTHER = (
    "Lawmakers left the closed briefing in the evening and gave three different numbers to the waiting "
    "cameras, which the service then refused to confirm. Its spokesman promised a written answer within"
    " the week and pointed to the weather over the strait as the reason why the newest pictures were of"
    " so little use."
)
RUSSIAN = (
    "Министерство образца сообщило в понедельник, что колонна из сорока грузовиков до рассвета "
    "пересекла мост, что водители были без знаков различия, а груз был накрыт брезентом от начала и до "
    "самого конца пути."
)


def _window(*stories: Story) -> Window:
    window = Window()
    window.renew([_active(story, place) for place, story in enumerate(stories, 1)], _wordings(stories))
    return window


def _active(story: Story, sequence: int) -> ActiveStory:
    return ActiveStory(
        sequence=sequence,
        story_id=story.id,
        revision=story.revision,
        event_id=f"event-of-{story.id}",
        published_at=story.published_at,
    )


def _wordings(stories: Iterable[Story]) -> list[Wording]:
    return [Wording(story_id=s.id, revision=s.revision, title=s.title, text=s.text) for s in stories]


def _assign(story: Story, *stories: Story) -> Assignment:
    return assign(story, _window(*stories), event_id=None)


def test_a_story_like_no_other_begins_an_event_named_after_it() -> None:
    found = _assign(a_story(id="b", text=OTHER), a_story(id="a", text=WIRE))
    assert found.copy_of is None
    assert found.event_id == derive_id("event", "b")


def test_a_wire_copy_with_another_title_and_a_cut_end_joins_its_original() -> None:
    copy = a_story(id="b", title="Trucks at the bridge", text=WIRE[: len(WIRE) * 2 // 3])
    found = _assign(copy, a_story(id="a", text=WIRE))
    assert (found.copy_of, found.event_id) == ("a", "event-of-a")


def test_a_copy_padded_with_the_outlets_own_paragraph_is_still_a_copy() -> None:
    assert _assign(a_story(id="b", text=f"{WIRE} {OTHER}"), a_story(id="a", text=WIRE)).copy_of == "a"


def test_case_spaces_and_punctuation_do_not_hide_a_copy() -> None:
    disguised = WIRE.upper().replace(" ", "\u00a0\n").replace(",", " —")
    assert _assign(a_story(id="b", text=disguised), a_story(id="a", text=WIRE)).copy_of == "a"


def test_the_same_words_more_than_72_hours_apart_are_two_events() -> None:
    late = a_story(id="b", text=WIRE, published_at=NOON + timedelta(hours=72, seconds=1))
    assert _assign(late, a_story(id="a", text=WIRE)).copy_of is None


def test_stories_in_two_languages_are_not_copies() -> None:
    assert _assign(a_story(id="b", text=RUSSIAN), a_story(id="a", text=WIRE)).copy_of is None


def test_texts_without_spaces_are_compared_by_character() -> None:
    text = "見本の省は月曜日に約四十台の車列が夜明け前に橋を渡ったと発表した"
    assert _assign(a_story(id="b", title="別題", text=text), a_story(id="a", text=text)).copy_of == "a"


def test_a_stock_phrase_under_two_titles_makes_no_copy() -> None:
    phrase = "Read the full story on our site."
    first = a_story(id="a", title="Trucks seen at the bridge before dawn on Monday", text=phrase)
    second = a_story(id="b", title="Lawmakers give three numbers after a closed briefing", text=phrase)
    assert _assign(second, first).copy_of is None


def test_stories_without_any_words_are_not_copies_of_each_other() -> None:
    assert _assign(a_story(id="b", title="", text="…"), a_story(id="a", title="", text="!")).copy_of is None


def test_of_equally_close_stories_the_earliest_is_the_original() -> None:
    wire = [a_story(id=name, text=WIRE) for name in ("c", "a", "b")]
    assert _assign(a_story(id="new", text=WIRE), *wire).copy_of == "c"


def test_a_revision_keeps_its_event_however_it_changes() -> None:
    window = _window(a_story(id="a", text=WIRE), a_story(id="b", text=OTHER))
    found = assign(a_story(id="b", revision=2, text=WIRE), window, event_id="event-of-b")
    assert (found.event_id, found.copy_of) == ("event-of-b", None)


def test_a_story_is_no_copy_of_its_own_earlier_revision() -> None:
    assert _assign(a_story(id="a", revision=2, text=WIRE), a_story(id="a", text=WIRE)).copy_of is None


def test_a_very_long_text_is_read_only_so_far() -> None:
    assert len(sign("", " ".join(map(str, range(100_000))), "sample-wire").hashes) <= 3000


TEXTS = st.sampled_from([WIRE, OTHER, RUSSIAN, WIRE + OTHER, WIRE[:200], OTHER[100:]])


@given(history=st.lists(st.lists(st.tuples(st.integers(0, 5), TEXTS), max_size=6), max_size=6))
def test_a_window_renewed_many_times_equals_one_renewed_once(history: list[list[tuple[int, str]]]) -> None:
    """What a crash would lose is nothing: the window is a function of the last content alone."""
    revisions: dict[tuple[int, str], int] = {}
    used = Window()
    contents: list[Story] = []
    for step in history:
        contents = [
            a_story(
                id=str(number), text=text, revision=revisions.setdefault((number, text), len(revisions) + 1)
            )
            for number, text in dict(step).items()
        ]
        active = [_active(story, place) for place, story in enumerate(contents, 1)]
        missing = {story.story_id for story in used.missing(active)}
        used.renew(active, _wordings(story for story in contents if story.id in missing))
    fresh = _window(*contents)
    for text in (WIRE, OTHER, RUSSIAN, WIRE[:300]):
        probe = a_story(id="probe", text=text)
        assert assign(probe, used, event_id=None) == assign(probe, fresh, event_id=None)


@pytest.mark.timeout(5)
def test_a_heap_of_marks_on_one_letter_does_not_hold_up_all_alerts() -> None:
    assert words("a" + "\u0301" * 50_000 + "\u0316" * 50_000 + " troops")[-1] == "troops"


def test_words_are_the_same_however_their_letters_are_composed() -> None:
    assert words("Их Юй") == words(unicodedata.normalize("NFD", "Их Юй")) == ["их", "юй"]
