"""The signs held to by the fit: of features that exist, and kept by every weight."""

import numpy as np

from services.extract.rules.lexicon import load_lexicon
from tests.quality.signs import AGAINST, EITHER, signs
from tests.quality.train import fit


def test_every_feature_that_has_a_sign_of_its_own_is_a_feature_of_the_rules() -> None:
    features = {feature.name for feature in load_lexicon().features}
    assert features >= AGAINST | EITHER


def test_no_weight_of_the_lexicon_speaks_the_way_its_feature_may_not() -> None:
    lexicon = load_lexicon()
    names = [f"{feature.name}.{zone}" for feature in lexicon.features for zone in feature.zones]
    wrong = [
        name for name, sign in zip(names, signs(names), strict=True) if lexicon.model.weights[name] * sign < 0
    ]
    assert wrong == []


def test_a_feature_that_would_need_the_wrong_sign_gets_no_weight() -> None:
    draw = np.random.default_rng(3)
    matrix = draw.integers(0, 2, size=(200, 2)).astype(np.float64)
    truth = matrix[:, 0] * (1 - matrix[:, 1])
    ones = np.ones(200)
    either = fit(matrix, truth, ones, 0.5, np.zeros(2))
    held = fit(matrix, truth, ones, 0.5, np.array([1.0, 1.0]))
    assert either[1] < -1
    assert held[1] == 0
    assert held[0] > 1
