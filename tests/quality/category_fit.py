"""Logistic weights of the categories, drawn to what their rules say before any data is seen."""

import numpy as np
from numpy.typing import NDArray

from services.extract.rules.category_rules import CategoryRule, CategoryRules, CategoryZone
from tests.quality.category_data import Matrix, column_names

Vector = NDArray[np.float64]
FOLDS = 10
_OWN_PENALTY = 0.6
_OTHER_PENALTY = 8.0
_BIAS_PENALTY = 1e-3
_PRIOR_BIAS = -2.0
_PRIOR: dict[CategoryZone, float] = {"title": 2.1, "head": 2.8, "body": 1.4}
_FEW = 30  # stories of a category below which its rules are trusted more than its stories
_STEPS = 20


def prior_of(rule: CategoryRule, rules: CategoryRules, stories: float) -> tuple[Vector, Vector]:
    """Where each weight is drawn to, and how hard: the rule's features start with a say, others with none.

    The fewer `stories` of a category there are, the harder its own features are held to their start.
    """
    own_penalty = _OWN_PENALTY * max(1.0, _FEW / max(1.0, stories))
    means: list[float] = []
    penalties: list[float] = []
    for name in column_names(rules):
        feature, _, zone = name.rpartition(".")
        share = (feature in rule.speaks_for) / max(1.0, len(rule.speaks_for)) ** 0.5
        share -= (feature in rule.speaks_against) / max(1.0, len(rule.speaks_against)) ** 0.5
        means.append(share * next(weight for known, weight in _PRIOR.items() if known == zone))
        penalties.append(own_penalty if share else _OTHER_PENALTY)
    return np.array([*means, _PRIOR_BIAS]), np.array([*penalties, _BIAS_PENALTY])


def fit(values: Matrix, truth: Vector, importance: Vector, prior: tuple[Vector, Vector]) -> Vector:
    """Weights of least log-loss and pull of the prior, by damped Newton steps; the last is the bias."""
    means, penalties = prior
    design = np.hstack([values, np.ones((len(values), 1))])
    weights = np.zeros(len(means))
    weights[-1] = _PRIOR_BIAS

    def loss(candidate: Vector) -> float:
        scores = design @ candidate
        likelihood = importance * (np.logaddexp(0.0, scores) - truth * scores)
        return float(likelihood.sum() + 0.5 * (penalties * (candidate - means) ** 2).sum())

    best = loss(weights)
    for _ in range(_STEPS):
        predicted = sigmoid(design @ weights)
        gradient = design.T @ (importance * (predicted - truth)) + penalties * (weights - means)
        curvature = importance * predicted * (1 - predicted)
        step = np.linalg.solve((design.T * curvature) @ design + np.diag(penalties), gradient)
        length = 1.0
        while length > 1e-3 and loss(weights - length * step) > best:
            length /= 2
        weights = weights - length * step
        reached = loss(weights)
        if best - reached < 1e-5:
            break
        best = reached
    return weights


def fit_all(rules: CategoryRules, values: Matrix, truth: Matrix, importance: Vector) -> list[Vector]:
    """The weights of each category, in the order of the rules."""
    return [
        fit(
            values,
            truth[:, column],
            importance,
            prior_of(rule, rules, float((importance * truth[:, column]).sum())),
        )
        for column, rule in enumerate(rules.categories)
    ]


def probabilities(values: Matrix, weights: list[Vector]) -> Matrix:
    """What each category's weights say of each story."""
    return np.stack([sigmoid(values @ one[:-1] + one[-1]) for one in weights], axis=1)


def held_out(
    rules: CategoryRules, values: Matrix, truth: Matrix, importance: Vector, folds: NDArray[np.int64]
) -> Matrix:
    """Each story's probabilities under weights that never saw its fold."""
    guesses = np.zeros(truth.shape)
    for fold in range(FOLDS):
        train, test = folds != fold, folds == fold
        weights = fit_all(rules, values[train], truth[train], importance[train])
        guesses[test] = probabilities(values[test], weights)
    return guesses


def decide(guesses: Matrix, spoken: NDArray[np.bool_], threshold: float) -> NDArray[np.bool_]:
    """As the tagger decides: what reaches the threshold, else the likeliest, if words speak for it."""
    possible = np.where(spoken, guesses, -1.0)
    given = possible >= threshold
    for row in np.flatnonzero(~given.any(axis=1) & spoken.any(axis=1)):
        given[row, int(np.argmax(possible[row]))] = True
    return given


def sigmoid(scores: Vector) -> Vector:
    """The logistic function, safe for large scores."""
    clipped: Vector = np.clip(scores, -30, 30)
    return np.asarray(1 / (1 + np.exp(-clipped)))
