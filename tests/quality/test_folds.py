"""Held-out stories are unseen only when near-duplicates are held out together."""

from tests.quality.datasets import LabelledStory
from tests.quality.folds import alike, fold_numbers


def _story(number: int, title: str) -> LabelledStory:
    return LabelledStory(
        id=str(number), dataset="stories", language="en", title=title, text="", relevant=True, categories=()
    )


_SUBJECTS = ("harvest", "orchestra", "volcano", "lighthouse", "tramway", "glacier", "bakery", "observatory")
_DISTINCT = tuple(
    _story(number, f"The {subject} that nobody in {number} towns had ever heard {subject} rumours of")
    for number, subject in enumerate(_SUBJECTS)
)


def test_an_update_of_a_story_shares_its_fold_and_other_stories_do_not() -> None:
    first = _story(100, "Pyongyang sends a second contingent of soldiers to the front, Seoul says")
    update = _story(
        101, "UPDATE: Pyongyang sends a second contingent of soldiers to the front, Seoul says today"
    )
    stories = (*_DISTINCT, first, update)
    groups = alike(stories)
    assert groups[-1] == groups[-2]
    assert len(set(groups)) == len(_DISTINCT) + 1
    folds = fold_numbers(stories, 5)
    assert folds[-1] == folds[-2]
    assert set(folds.tolist()) == {0, 1, 2, 3, 4}


def test_likeness_is_carried_over_from_one_update_to_the_next() -> None:
    words = [f"{number * 7919:06d}" for number in range(14)]
    chain = tuple(_story(start, " ".join(words[start : start + 8])) for start in (0, 3, 6))
    assert len(set(alike(chain))) == 1
    assert len(set(alike((chain[0], chain[2])))) == 2


def test_the_same_seed_gives_the_same_folds() -> None:
    assert fold_numbers(_DISTINCT, 3, seed=1).tolist() == fold_numbers(_DISTINCT, 3, seed=1).tolist()
