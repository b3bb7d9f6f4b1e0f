"""What a process remembers of stories and of servers is the newest, and is bounded."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.extract.articles.completions import Completions
from services.extract.articles.silences import LEFT_ALONE, Silences
from services.extract.pages.taking import Completed
from tests.samples import NOON, a_story


def _of(name: str, *, revision: int = 1, text: str = "x") -> Completed:
    return Completed(story=a_story(id=name, title="", revision=revision, text=text))


def test_the_later_revision_is_the_newest_and_of_the_same_one_what_is_stored() -> None:
    kept = Completions()
    kept.keep(_of("a", revision=2, text="remembered"))
    assert kept.newest("a", None) == _of("a", revision=2, text="remembered")
    assert kept.newest("a", _of("a", revision=1)) == _of("a", revision=2, text="remembered")
    assert kept.newest("a", _of("a", revision=2, text="stored")) == _of("a", revision=2, text="stored")
    assert kept.newest("b", None) is None


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 60))))
def test_the_last_stories_are_remembered_as_far_as_there_is_room(given: list[tuple[str, int]]) -> None:
    kept = Completions(most=3, characters=100)
    for name, size in given:
        kept.keep(_of(name, text="x" * size))
    sizes, newest = dict(given), list(dict.fromkeys(name for name, _ in reversed(given)))
    found = [name for name in newest if kept.newest(name, None) is not None]
    assert found == newest[: len(found)]
    assert len(found) <= 3
    assert sum(sizes[name] for name in found) <= 100
    assert bool(found) == bool(given)


def test_a_silent_domain_is_left_alone_for_a_while_and_the_oldest_is_forgotten() -> None:
    silences = Silences(most=2)
    for name in ("a.example", "b.example", "a.example", "c.example"):
        silences.begin(name, NOON)
    assert [name for name in "abc" if silences.last(f"{name}.example", NOON)] == ["a", "c"]
    assert not silences.last("a.example", NOON + LEFT_ALONE)
    assert not silences.last("a.example", NOON - timedelta(seconds=1))
