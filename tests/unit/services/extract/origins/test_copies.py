"""What counts as a copy: however it was cut, padded, retitled or framed, and not what only looks alike."""

import json
import pickle
import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extract.origins.copies import sign, title_words
from services.extract.origins.window import Copy, Window
from shared.model.history import ActiveStory, Wording
from shared.model.story import Story
from tests.samples import NOON, a_story

LEAD = (
    "The sample ministry said on Monday that a column of about forty trucks had crossed the bridge before "
    "dawn, that the drivers wore no insignia and that the cargo was covered with grey sheets. "
)
SECOND = (
    "A second official, who asked not to be named, told reporters that the same trucks had been seen at the "
    "port two days earlier, and that nobody at the border had been allowed to look inside any of them. "
)
THIRD = (
    "Pictures taken from orbit show a long queue at the crossing, according to an institute that counts "
    "wagons for a living, although clouds hid the eastern half of the yard for most of the week. "
)
ELSEWHERE = (
    "Lawmakers left a closed briefing in the evening and gave three different numbers to the waiting "
    "cameras, which the service then refused to confirm, pointing to the weather over the strait. "
)
STOCK = (
    "This outlet is read by people in forty countries, keeps no office anywhere near the places that it "
    "writes about, answers every letter within a week and corrects its errors on the page where they stood. "
)
TITLE = "Forty trucks cross the bridge before dawn, ministry says"
OTHER_TITLE = "Three numbers given after a closed briefing of lawmakers"


def _copy(story: Story, *earlier: Story) -> Copy | None:
    window = Window()
    active = [
        ActiveStory(
            sequence=place,
            story_id=each.id,
            revision=each.revision,
            event_id=f"event-of-{each.id}",
            published_at=each.published_at,
        )
        for place, each in enumerate(earlier, 1)
    ]
    window.renew(active, [_wording(each) for each in earlier])
    return window.copy_of(story, event_id=None)


def _wording(story: Story) -> Wording:
    return Wording(
        story_id=story.id, revision=story.revision, title=story.title, text=story.text, outlet=story.outlet
    )


def _wire(text: str = LEAD + SECOND + THIRD, title: str = TITLE) -> Story:
    return a_story(id="wire", outlet="wire.example", title=title, text=text)


def _paper(text: str, title: str = "Trucks seen", outlet: str = "paper.example") -> Story:
    return a_story(id="paper", outlet=outlet, title=title, text=text)


def _kind(story: Story, *earlier: Story) -> str | None:
    found = _copy(story, *earlier)
    return None if found is None else found.likeness.kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (LEAD + SECOND + THIRD, "exact"),
        (f"<p>{LEAD}</p><p>{SECOND}</p>\n{THIRD}\nRead also:\n- {ELSEWHERE}", "exact"),
        (f"{LEAD}{SECOND}{ELSEWHERE}", "near"),
        (LEAD, "excerpt"),
        (
            LEAD + SECOND + THIRD + ELSEWHERE + STOCK * 4 + ELSEWHERE[50:] + " ".join(map(str, range(90))),
            "excerpt",
        ),
        (LEAD + ELSEWHERE, None),
        (ELSEWHERE, None),
    ],
    ids=[
        "unchanged",
        "framed",
        "cut and padded",
        "only the lead",
        "inside something longer",
        "half of it",
        "another story",
    ],
)
def test_a_copy_is_named_by_how_much_of_the_wire_it_keeps(text: str, kind: str | None) -> None:
    assert _kind(_paper(text), _wire()) == kind


def test_the_share_is_that_of_the_shorter_text() -> None:
    found = _copy(_paper(LEAD + ELSEWHERE), _wire(LEAD))
    assert found is not None
    assert found.likeness.containment == 1.0
    assert (found.original.story_id, found.likeness.because[:4]) == ("wire", "100%")


def test_links_to_the_wire_story_under_another_make_no_copy() -> None:
    assert _copy(_paper(f"{ELSEWHERE}\nRead also:\n- {LEAD}\n- {SECOND}"), _wire(LEAD)) is None


def test_an_outlets_own_paragraphs_under_two_stories_make_no_copy() -> None:
    first = a_story(id="a", outlet="paper.example", title=TITLE, text=f"{LEAD[:90]}\n{STOCK}")
    assert _copy(_paper(f"{ELSEWHERE[:90]}\n{STOCK}", OTHER_TITLE), first) is None
    assert _kind(_paper(f"{LEAD}\n{STOCK}", TITLE), first) == "near"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (TITLE, ""),
        (f"[Lead] {TITLE} - Paper", ""),
        (f"UPDATE 1-{TITLE.upper()} | paper.example", "Read it on our site."),
    ],
)
def test_a_headline_alone_is_a_copy_when_it_is_repeated_to_the_word(title: str, text: str) -> None:
    assert _kind(_paper(text, title), _wire("")) in {"exact", "near"}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (TITLE, TITLE.replace("Forty", "Fifty")),
        (TITLE, f"{TITLE} nothing of it"),
        ("North sends ten thousand soldiers, Seoul says", "North sends ten thousand soldiers - Kyiv"),
        ("War latest today", "War latest today"),
        ("오늘의 주요 뉴스", "오늘의 주요 뉴스"),
        ("朝俄峰会", "朝俄峰会"),
        ("", ""),
    ],
)
def test_headlines_alone_that_differ_or_tell_nothing_make_no_copy(one: str, two: str) -> None:
    assert _copy(_paper("Read the full story on our site.", two), _wire("", one)) is None


def test_a_column_that_an_outlet_runs_every_day_is_no_copy_of_itself() -> None:
    column = "War in the east: everything that we know this morning"
    first = a_story(id="a", outlet="paper.example", title=column, text="Forty trucks crossed.")
    assert _copy(_paper("Three numbers were given.", column), first) is None
    assert _kind(_paper("Three numbers were given.", column, outlet="other.example"), first) == "near"


def test_a_translated_copy_is_not_found() -> None:
    russian = (
        "Министерство сообщило, что колонна из сорока грузовиков пересекла мост до рассвета в понедельник, "
    )
    assert _copy(_paper(russian * 3), _wire()) is None


def test_only_a_story_within_72_hours_is_a_copy() -> None:
    late = a_story(id="late", text=LEAD, published_at=NOON + timedelta(hours=72, seconds=1))
    assert _copy(late, _wire()) is None


def test_a_claimants_name_behind_a_headline_is_not_taken_for_the_outlets() -> None:
    assert title_words("Troops arrive – Seoul", "kyiv.example")[-1] == "seoul"
    assert title_words("Troops arrive – Kyiv", "kyiv.example")[-1] == "arrive"


@pytest.mark.timeout(20)
def test_a_flood_of_long_stories_costs_little_memory_and_time() -> None:
    flood = [
        a_story(
            id=str(number), outlet="flood", text=" ".join(map(str, range(number * 9, number * 9 + 20_000)))
        )
        for number in range(12)
    ]
    assert _kind(_paper(flood[7].text), *flood) == "exact"
    assert all(len(pickle.dumps(sign(each.title, each.text, each.outlet))) <= 26_000 for each in flood)


SIGNING = """
import json, sys
from services.extract.origins.copies import sign
title, text = json.load(sys.stdin)
print(json.dumps(list(sign(title, text, "a").hashes)))
"""


@pytest.mark.parametrize("seed", ["0", "1234"])
def test_a_signature_is_the_same_in_every_process(seed: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", SIGNING],
        input=json.dumps([TITLE, LEAD + SECOND]),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
    )
    assert json.loads(done.stdout) == list(sign(TITLE, LEAD + SECOND, "a").hashes)


SENTENCES = st.lists(st.sampled_from([LEAD, SECOND, THIRD, ELSEWHERE, STOCK]), max_size=5, unique=True)


@given(one=SENTENCES, two=SENTENCES)
def test_being_a_copy_does_not_depend_on_which_came_first(one: list[str], two: list[str]) -> None:
    first, second = "".join(one), "".join(two)
    there = _copy(_paper(second), _wire(first))
    back = _copy(_wire(first), _paper(second))
    assert (there and there.likeness) == (back and back.likeness)


ENOUGH_WORDS = st.lists(
    st.text(st.characters(categories=["Ll", "Lo", "Nd"]), min_size=1), min_size=17, max_size=40
)


@given(words=ENOUGH_WORDS, title=st.text(max_size=60))
def test_a_story_of_a_few_different_words_is_an_exact_copy_of_itself(words: list[str], title: str) -> None:
    text = " ".join(f"{place} {word}" for place, word in enumerate(words))
    found = _copy(_paper(text, title), _wire(text, title))
    assert found is not None
    assert found.likeness[:2] == (1.0, "exact")


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_story_can_be_signed(text: str, title: str) -> None:
    hashes = sign(title, text, "a").hashes
    assert list(hashes) == sorted(set(hashes))
