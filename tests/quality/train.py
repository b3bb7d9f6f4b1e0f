"""Fits the relevance weights on the dev sets: `python -m tests.quality.train`.

A logistic model over the named features of rules.yaml, its ridge penalty chosen by held-out log-loss. Writes
weights.yaml and shows the held-out figures of a ten-fold cross-validation, which are the honest ones.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.extract.lexicon import FOLDER, load_lexicon
from services.extract.relevance import fire
from services.extract.tagger import Tagger
from tests.quality.datasets import LabelledStory, load_dev, load_stream, shared_folder
from tests.quality.scores import score

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
_FOLDS = 10
_PENALTIES = (1.0, 2.0, 4.0)
_STREAM_WEIGHT = 0.3


def main() -> None:
    """Fits, reports, writes."""
    folder = shared_folder()
    stories = (*load_dev(folder), *_informative(load_stream(folder)))
    names, matrix, labels = build(stories)
    importance = np.array([_STREAM_WEIGHT if story.dataset == "stream" else 1.0 for story in stories])
    penalty = min(
        _PENALTIES, key=lambda one: _log_loss(held_out(matrix, labels, importance, one), labels, importance)
    )
    guesses = held_out(matrix, labels, importance, penalty) >= 0.5
    _say(f"{len(stories)} stories, {len(names)} features, penalty {penalty}, {_FOLDS}-fold held-out figures:")
    for dataset in ("stories", "traps", "multilingual", "stream"):
        of_set = [index for index, story in enumerate(stories) if story.dataset == dataset]
        _say(f"  {dataset}: {score(guesses[of_set].tolist(), labels[of_set].astype(bool).tolist())}")
    weights = fit(matrix, labels, importance, penalty)
    write(FOLDER / "weights.yaml", names, weights, f"{len(stories)} dev stories, ridge penalty {penalty}")


def build(stories: tuple[LabelledStory, ...]) -> tuple[tuple[str, ...], Matrix, Vector]:
    """Feature names, the matrix of their values, and the labels."""
    tagger = Tagger.load()
    features = load_lexicon().features
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


def held_out(matrix: Matrix, labels: Vector, importance: Vector, penalty: float) -> Vector:
    """Each story's probability under a model that never saw its fold."""
    folds = np.random.default_rng(7).permutation(len(matrix)) % _FOLDS
    probabilities = np.zeros(len(matrix))
    for fold in range(_FOLDS):
        train, test = folds != fold, folds == fold
        weights = fit(matrix[train], labels[train], importance[train], penalty)
        probabilities[test] = _sigmoid(matrix[test] @ weights[:-1] + weights[-1])
    return probabilities


def write(path: Path, names: tuple[str, ...], weights: Vector, trained_on: str) -> None:
    """The weights file, in the order of the rules."""
    lines = [
        "# Fitted by `python -m tests.quality.train`; an analyst may change any of them.",
        "version: 1",
        f"trained_on: {trained_on}",
        f"bias: {weights[-1]:.3f}",
        "threshold: 0.5",
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
