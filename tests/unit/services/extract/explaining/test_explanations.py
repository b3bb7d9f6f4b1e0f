"""Why a story is judged as it is: everything for and against it, relevant or not."""

import math
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.extract.explaining.explanations import Explainer
from services.extract.tagger import Tagger
from shared.model.explanation import Explanation
from shared.model.tag import Evidence

LINK = "Read also: North Korea sends soldiers to Russia"
PIECES = (
    *("North Korea", "Russia", "Kim", "soldiers", "fish", "DPRK", "Korean War", "\n\nRead also: ", "<p>"),
    *("북한산", "러시아", "КНДР", "Vitalii Kim", " ", ". ", "\n", "\u200b", "\ud800", "x" * 50, "é"),
)


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer.load()


def places(value: Any) -> list[Evidence]:
    """Every place anywhere in a value."""
    if isinstance(value, Evidence):
        return [value]
    if is_dataclass(value):
        return [place for field in fields(value) for place in places(getattr(value, field.name))]
    return [place for item in value for place in places(item)] if isinstance(value, tuple) else []


def left_out(explanation: Explanation) -> dict[str, str]:
    return {one.section: one.text for one in explanation.left_out}


@settings(max_examples=60, deadline=None)
@given(
    title=st.lists(st.sampled_from(PIECES), max_size=8), text=st.lists(st.sampled_from(PIECES), max_size=30)
)
def test_every_place_stands_where_it_says_and_the_contributions_make_the_score(
    explainer: Explainer, title: list[str], text: list[str]
) -> None:
    parts = {"title": "".join(title), "text": "".join(text)}
    why = explainer.explain(title=parts["title"], text=parts["text"])
    for place in places(why):
        whole = parts["title" if place.section == "title" else "text"]
        assert whole[place.start : place.end] == place.text
    total = why.bias + sum(feature.contribution for feature in why.features)
    assert why.verdict.score == pytest.approx(1 / (1 + math.exp(-total)), abs=2e-3)
    assert why.verdict.relevant == (why.verdict.score >= why.threshold)
    assert bool(why.lacking) != why.verdict.relevant


def test_the_verdict_is_the_taggers_own(explainer: Explainer, tagger: Tagger) -> None:
    title, text = "North Korea sends soldiers to Russia", "They train with shells in Kursk."
    tags = tagger.tag(title=title, text=text)
    why = explainer.explain(title=title, text=text)
    assert (why.verdict.score, why.verdict.categories) == (tags.score, tags.categories)
    assert why.verdict.version == tags.version
    assert [category.id for category in why.categories] == list(tags.categories)
    assert why.lacking == ()


def test_a_side_named_only_in_a_related_link_is_said_to_be_there_and_not_to_count(
    explainer: Explainer,
) -> None:
    why = explainer.explain(title="Mayor opens the harvest fair", text=f"It runs all week.\n\n{LINK}")
    assert left_out(why)["related"] == LINK
    assert {(one.side, one.place.section) for one in why.rejected} == {("KP", "related"), ("RU", "related")}
    assert why.lacking[0].startswith(
        "North Korea is named only where it does not count: “North Korea” stands in"
    )


def test_sides_that_nobody_names_are_said_not_to_be_named(explainer: Explainer) -> None:
    why = explainer.explain(title="Mayor opens the harvest fair", text="It runs all week.")
    assert why.lacking[:2] == ("North Korea is not named.", "Russia is not named.")


def test_sides_apart_are_said_never_to_meet_in_one_sentence(explainer: Explainer) -> None:
    why = explainer.explain(title="Football scores", text="Russia won a cup. Later, North Korea lost a cup.")
    assert "North Korea and Russia are named, but never in one sentence." in why.lacking


def test_what_is_said_to_be_enough_is_enough(explainer: Explainer) -> None:
    """The promise "it would be relevant if the headline also told of North Korea and Russia", kept."""
    text = "It runs all week."
    before = explainer.explain(title="A fair", text=text)
    assert any("if the headline also told of North Korea and Russia" in one for one in before.lacking)
    assert explainer.explain(title="A fair for North Korea and Russia", text=text).verdict.relevant


@pytest.mark.parametrize(
    ("title", "text", "rejected", "reason"),
    [
        ("북한산 가을 산행", "", "북한산", "a longer word that means something else"),
        (
            "Vitalii Kim opens a school",
            "",
            "Vitalii Kim",
            "listed only to keep it from being taken for another",
        ),
        ("Kim opens a school in Seoul", "", "Kim", "nothing else in the story ties it to North Korea"),
        (
            "North Korea says nothing",
            "Kim Soo-min opens a school.",
            "Kim",
            "it is the surname of somebody else, whose given name follows it",
        ),
        ("A school", "She studied.\nPhoto: Russia Today", "Russia", "it stands in a credit line"),
    ],
)
def test_what_looked_like_a_side_is_named_with_the_reason_why_it_does_not_count(
    explainer: Explainer, title: str, text: str, rejected: str, reason: str
) -> None:
    why = explainer.explain(title=title, text=text)
    (found,) = [one for one in why.rejected if one.place.text == rejected]
    assert reason in found.because


def test_an_explanation_of_a_text_full_of_candidates_stays_small(explainer: Explainer) -> None:
    links = "".join(f"\n\nRead also: North Korea {n}. Kim {n}.\n\n{'Prose ' * 40}." for n in range(300))
    text = "North Korea and Russia met. " * 100 + links
    why = explainer.explain(title="A fair", text=text)
    assert why.left_out_count > len(why.left_out)
    assert len(why.left_out) <= 20
    assert len(why.rejected) <= 30
    assert max(len(label.places) for label in why.labels) <= 8
    assert why.unread == len(text) - 60_000
