"""Many conditions decided at once: which of them some labels meet, as bits of one number."""

from collections.abc import Iterable, Iterator

from services.extract.rules.features import Condition

_REMEMBERED = 10_000


class Conditions:
    """Numbers conditions in order; bit n of an answer stands for the nth of them.

    Decides by groups of labels, which conditions share, and remembers its latest answers: most sentences have
    the labels of some other sentence. Safe to share.
    """

    def __init__(self, conditions: Iterable[Condition]) -> None:
        needs: dict[int, int] = {}
        without: dict[int, int] = {}
        every = 0
        for number, condition in enumerate(conditions):
            bit = 1 << number
            every |= bit
            for group in condition.needs:
                needs[group] = needs.get(group, 0) | bit
            if condition.without:
                without[condition.without] = without.get(condition.without, 0) | bit
        self._every = every
        self._missed = tuple((group, every ^ dependent) for group, dependent in needs.items())
        self._ruled_out = tuple((group, every ^ dependent) for group, dependent in without.items())
        self._known: dict[int, int] = {}

    def met_by(self, labels: int) -> int:
        """The conditions that hold for exactly these labels."""
        met = self._known.get(labels)
        if met is None:
            met = self._decided(labels)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[labels] = met
        return met

    def _decided(self, labels: int) -> int:
        met = self._every
        for group, others in self._missed:
            if not labels & group:
                met &= others
        for group, others in self._ruled_out:
            if labels & group:
                met &= others
        return met


def bits_of(mask: int) -> Iterator[int]:
    """The single bits of a mask, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest
        mask ^= lowest
