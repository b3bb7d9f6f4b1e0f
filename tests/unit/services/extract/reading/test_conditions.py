"""Many conditions decided at once say what each says alone."""

from hypothesis import given
from hypothesis import strategies as st

from services.extract.reading.conditions import Conditions, bits_of
from services.extract.rules.features import Condition

_LABELS = st.integers(min_value=0, max_value=2**70 - 1)
_GROUPS = st.one_of(
    st.integers(min_value=0, max_value=69).map(lambda bit: 1 << bit),
    st.integers(min_value=1, max_value=2**70 - 1),
)
_CONDITIONS = st.lists(
    st.builds(
        Condition,
        needs=st.lists(_GROUPS, max_size=3).map(tuple),
        without=st.one_of(st.just(0), _GROUPS),
    ),
    max_size=12,
)


@given(conditions=_CONDITIONS, asked=st.lists(_LABELS, min_size=1, max_size=8))
def test_conditions_together_hold_for_just_the_labels_that_each_holds_for_alone(
    conditions: list[Condition], asked: list[int]
) -> None:
    together = Conditions(conditions)
    for labels in (*asked, *asked):  # the second time from memory
        met = together.met_by(labels)
        assert [bool(met >> number & 1) for number in range(len(conditions))] == [
            condition.holds(labels) for condition in conditions
        ]


def test_more_sets_of_labels_than_are_remembered_are_still_told_apart() -> None:
    conditions = Conditions([Condition(needs=(1,), without=2), Condition(needs=(4,), without=0)])
    asked = range(12_000)
    assert [conditions.met_by(labels) for labels in asked] == [
        int(labels & 3 == 1) + 2 * int(labels & 4 == 4) for labels in asked
    ]


@given(_LABELS)
def test_the_bits_of_a_mask_come_one_by_one_from_the_lowest(mask: int) -> None:
    bits = list(bits_of(mask))
    assert bits == sorted(bits)
    assert sum(bits) == mask
    assert all(bit.bit_count() == 1 for bit in bits)
