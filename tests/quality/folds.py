"""Folds that keep stories which say nearly the same in one of them, so that held-out stories are unseen."""

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tests.quality.datasets import LabelledStory

_HEAD = 400
_SHINGLE = 12
_ALIKE = 0.4
_COMMON = 60
_NOT_A_LETTER = re.compile(r"\W+")


def fold_numbers(stories: Sequence[LabelledStory], count: int, seed: int = 7) -> NDArray[np.int64]:
    """A fold for each story; near-duplicates share theirs, and folds are about as large as each other."""
    groups = alike(stories)
    order = np.random.default_rng(seed).permutation(max(groups) + 1)
    return np.array([order[group] % count for group in groups])


def alike(stories: Sequence[LabelledStory]) -> list[int]:
    """A group number for each story: those that share two fifths of their letter shingles are one group."""
    shingled = [_shingles(story) for story in stories]
    leaders = list(range(len(stories)))
    for (one, other), shared in _shared(shingled).items():
        smaller = min(len(shingled[one]), len(shingled[other]))
        if shared >= _ALIKE * smaller:
            first, second = sorted((_leader(leaders, one), _leader(leaders, other)))
            leaders[second] = first
    numbers: dict[int, int] = {}
    return [numbers.setdefault(_leader(leaders, index), len(numbers)) for index in range(len(stories))]


def _shingles(story: LabelledStory) -> frozenset[str]:
    letters = _NOT_A_LETTER.sub("", f"{story.title} {story.text[:_HEAD]}".lower())
    return frozenset(
        letters[start : start + _SHINGLE] for start in range(max(1, len(letters) - _SHINGLE + 1))
    )


def _shared(shingled: Sequence[frozenset[str]]) -> dict[tuple[int, int], int]:
    """How many shingles two stories share; shingles that very many have tell nothing."""
    holders: dict[str, list[int]] = defaultdict(list)
    for index, shingles in enumerate(shingled):
        for shingle in shingles:
            holders[shingle].append(index)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for found in holders.values():
        if len(found) <= _COMMON:
            for position, one in enumerate(found):
                for other in found[position + 1 :]:
                    shared[one, other] += 1
    return shared


def _leader(leaders: list[int], index: int) -> int:
    while leaders[index] != index:
        leaders[index] = leaders[leaders[index]]
        index = leaders[index]
    return index
