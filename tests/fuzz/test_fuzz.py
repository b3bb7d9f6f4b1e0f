"""The fuzzer's own parts, and its rules on stories that are quick to read."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.extract.tagger import Tagger
from tests.fuzz.oracle import FaultError, Oracle
from tests.fuzz.shapes import (
    JOINTS,
    LONGEST,
    LONGEST_TITLE,
    ODD,
    REPEATS,
    STEP_BYTES,
    Shape,
    fragments,
    program,
    story,
)
from tests.fuzz.shrinking import shrink

SHORT = 3_000
PROGRAMS = st.binary(max_size=8 * STEP_BYTES)


@pytest.fixture(scope="module")
def known() -> tuple[str, ...]:
    return fragments()


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load()


@given(PROGRAMS)
@settings(deadline=None)
def test_the_same_bytes_mean_the_same_story_and_none_is_too_long(data: bytes) -> None:
    made = program(data, ODD)
    assert made == program(data, ODD)
    title, text = story(made)
    assert len(title) <= LONGEST_TITLE
    assert len(text) <= LONGEST


def test_bytes_reach_every_odd_fragment_and_phrases_of_the_lexicon(known: tuple[str, ...]) -> None:
    reached = {
        shape.fragment
        for number in range(1 << 16)
        for shape in program(number.to_bytes(2, "big") + b"\0\0", known)
    }
    assert set(ODD) <= reached
    assert len(reached & set(known)) > 3_000


def test_a_few_bytes_can_mean_a_megabyte() -> None:
    most = bytes((0, 1, len(REPEATS) - 1, 0))
    assert len(story(program(most, ODD))[1]) == LONGEST


def _shape(fragment: str, times: int = 1) -> Shape:
    return Shape(fragment=fragment, times=times, joint=JOINTS[1], in_title=False)


def test_a_fault_is_made_as_small_as_it_can_be() -> None:
    shapes = (_shape("a", 9), _shape("北", 300), _shape("b"), _shape("İ", 40), _shape("c", 2))
    small = shrink(shapes, _Fragile())
    assert [(shape.fragment, shape.times, shape.joint) for shape in small] == [("北", 1, ""), ("İ", 1, "")]


class _Fragile:
    """Falls ill of two characters together."""

    def check(self, title: str, text: str) -> None:
        if {"北", "İ"} <= set(title + text):
            raise FaultError("north in capitals")


@given(PROGRAMS)
@example(b"")
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_story_is_read_in_time_with_spans_that_are_exactly_what_stands_there(
    tagger: Tagger, known: tuple[str, ...], data: bytes
) -> None:
    Oracle(tagger).check(*story(program(data, known), SHORT))


def test_a_tagger_that_takes_too_long_is_at_fault(tagger: Tagger) -> None:
    with pytest.raises(FaultError, match="took"):
        Oracle(tagger, seconds=0.0).check("North Korea sends troops to Russia", "Seoul said so.")
