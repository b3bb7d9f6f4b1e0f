"""Which way each feature may speak: a guard never for a story, a cue never against it.

A weight of the wrong sign is the fit's way of mending another weight on the stories it saw, and does not hold
for those it did not see.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

AGAINST = frozenset(
    {
        "no_north", "visit_plain", "china_plain", "china_only", "iran_plain", "listed", "japan",
        "parade", "civil", "civil_plain", "sport", "sport_north", "history",
        "satire", "test", "test_plain", "kr_arms", "south", "other", "leaders_plain", "labour_plain",
        "listed_only", "listed_plain", "dmz", "dmz_plain", "dmz_troops", "cyber", "protocol", "other_pair",
    }
)  # fmt: skip
EITHER = frozenset(
    {"north", "kp_troops_alone", "china", "iran", "axis", "test_russia", "items", "hypothetical"}
)


def signs(names: Sequence[str]) -> NDArray[np.float64]:
    """1 for a column that may only speak for a story, -1 for one that may only speak against it, else 0."""
    return np.array([_sign(name.rpartition(".")[0]) for name in names])


def _sign(feature: str) -> float:
    if feature in EITHER:
        return 0.0
    return -1.0 if feature in AGAINST else 1.0
