"""Fits the relevance weights: `python -m tests.quality.train`.

A logistic model over the named features of rules.yaml, fitted on the dev sets and the project's own probes.
The ridge penalty is chosen by held-out log-loss, the threshold by the held-out F1 of the dev sets. Writes
weights.yaml and shows the held-out figures by set and language of a ten-fold cross-validation whose folds
keep near-duplicates together. They are honest about the weights; the words were chosen by somebody who had
read the dev sets.
"""

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.extract.language import LangidClassifier
from services.extract.lexicon import FOLDER, load_lexicon
from services.extract.relevance import fire
from services.extract.tagger import Tagger
from tests.quality.datasets import LabelledStory, load_dev, load_probes, load_stream, shared_folder
from tests.quality.folds import fold_numbers
from tests.quality.scores import Score, score

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
_FOLDS = 10
_DEV_SETS = ("stories", "traps", "multilingual")
_PENALTIES = (0.5, 1.0, 2.0)
_THRESHOLDS = tuple(step / 100 for step in range(40, 61, 5))
_STREAM_WEIGHT = 0.3
_RELEVANT_WEIGHT = 1.5
_AS_GOOD = 0.005


def main() -> None:
    """Fits, reports, writes."""
    folder = shared_folder()
    stories = (*load_dev(folder), *load_probes(), *_informative(load_stream(folder)))
    names, matrix, labels = build(stories)
    importance = np.array([_importance(story) for story in stories])
    folds = fold_numbers(stories, _FOLDS)
    held = {penalty: held_out(matrix, labels, importance, penalty, folds) for penalty in _PENALTIES}
    penalty = min(_PENALTIES, key=lambda one: _log_loss(held[one], labels, importance))
    threshold = best_threshold(stories, held[penalty])
    _say(f"{len(stories)} stories, {len(names)} features, penalty {penalty}, threshold {threshold}")
    _say(f"{_FOLDS}-fold held-out figures:")
    for name, one in by_group(stories, (held[penalty] >= threshold).tolist()).items():
        _say(f"  {name:16} {one}")
    weights = fit(matrix, labels, importance, penalty)
    trained_on = f"{len(stories)} dev stories and probes, ridge penalty {penalty}"
    write(FOLDER / "weights.yaml", names, weights, threshold, trained_on)


def by_group(stories: Sequence[LabelledStory], guesses: Sequence[bool]) -> dict[str, Score]:
    """The score of each set, and of each of its languages."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, story in enumerate(stories):
        groups[story.dataset].append(index)
        groups[f"{story.dataset} {story.language}"].append(index)
    return {
        name: score([guesses[index] for index in group], [stories[index].relevant for index in group])
        for name, group in sorted(groups.items())
    }


def best_threshold(stories: Sequence[LabelledStory], probabilities: Vector) -> float:
    """The lowest threshold whose mean F1 over the dev sets is as good as the best: a miss costs more."""
    quality: dict[float, float] = {}
    for threshold in _THRESHOLDS:
        scores = by_group(stories, (probabilities >= threshold).tolist())
        quality[threshold] = sum(scores[name].f1 for name in _DEV_SETS) / len(_DEV_SETS)
    best = max(quality.values())
    return min(threshold for threshold, one in quality.items() if one >= best - _AS_GOOD)


def _importance(story: LabelledStory) -> float:
    """Relevant stories count more, for there are fewer of them; those of the stream less, for they repeat."""
    weight = _STREAM_WEIGHT if story.dataset == "stream" else 1.0
    return weight * (_RELEVANT_WEIGHT if story.relevant else 1.0)


def build(stories: tuple[LabelledStory, ...]) -> tuple[tuple[str, ...], Matrix, Vector]:
    """Feature names, the matrix of their values, and the labels."""
    lexicon = load_lexicon(fitted=False)
    tagger, features = Tagger(lexicon, LangidClassifier()), lexicon.features
    names = tuple(f"{feature.name}.{zone}" for feature in features for zone in feature.zones)
    columns = {name: column for column, name in enumerate(names)}
    matrix = np.zeros((len(stories), len(names)))
    for row, story in enumerate(stories):
        for one in fire(tagger.read(title=story.title, text=story.text), features, {}):
            matrix[row, columns[one.name]] = one.value
    return names, matrix, np.array([float(story.relevant) for story in stories])


def fit(matrix: Matrix, labels: Vector, importance: Vector, penalty: float) -> Vector:
    """Ridge-penalised logistic weights by Newton's method; the last is the bias, not penalised."""
    design = np.hstack([matrix, np.ones((len(matrix), 1))])
    weights = np.zeros(design.shape[1])
    ridge = np.full(design.shape[1], penalty)
    ridge[-1] = 1e-6
    for _ in range(30):
        predicted = _sigmoid(design @ weights)
        gradient = design.T @ (importance * (predicted - labels)) + ridge * weights
        curvature = importance * predicted * (1 - predicted)
        step = np.linalg.solve((design.T * curvature) @ design + np.diag(ridge), gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights


def held_out(
    matrix: Matrix, labels: Vector, importance: Vector, penalty: float, folds: NDArray[np.int64]
) -> Vector:
    """Each story's probability under a model that never saw its fold."""
    probabilities = np.zeros(len(matrix))
    for fold in range(_FOLDS):
        train, test = folds != fold, folds == fold
        weights = fit(matrix[train], labels[train], importance[train], penalty)
        probabilities[test] = _sigmoid(matrix[test] @ weights[:-1] + weights[-1])
    return probabilities


def write(path: Path, names: tuple[str, ...], weights: Vector, threshold: float, trained_on: str) -> None:
    """The weights file, in the order of the rules."""
    lines = [
        "# Fitted by `python -m tests.quality.train`; an analyst may change any of them.",
        "version: 1",
        f"trained_on: {trained_on}",
        f"bias: {weights[-1]:.3f}",
        f"threshold: {threshold}",
        "core: 0.9",
        "passing: 0.2",
        "weights:",
        *(f"  {name}: {weight:.3f}" for name, weight in zip(names, weights[:-1], strict=True)),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _informative(stories: tuple[LabelledStory, ...]) -> tuple[LabelledStory, ...]:
    """The relevant stream items, those that speak of the North, and every tenth of the rest."""
    words = ("korea", "korei", "pyongyang", "pjongjang", "kim")
    return tuple(
        story
        for index, story in enumerate(stories)
        if story.relevant
        or index % 10 == 0
        or any(word in f"{story.title} {story.text}".lower() for word in words)
    )


def _log_loss(probabilities: Vector, labels: Vector, importance: Vector) -> float:
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    losses = labels * np.log(clipped) + (1 - labels) * np.log(1 - clipped)
    return -float((importance * losses).sum() / importance.sum())


def _sigmoid(values: Vector) -> Vector:
    clipped: Vector = np.clip(values, -30, 30)
    return np.asarray(1 / (1 + np.exp(-clipped)))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
