"""An aim is reached only where every figure reaches it."""

import pytest

from tests.bench.verdicts import Aim


@pytest.mark.parametrize(
    ("aim", "figures", "word"),
    [
        (Aim(least=5), (5.0, 7.2), "reached"),
        (Aim(least=5), (4.96, 28.6), "short"),
        (Aim(most=1.2), (0.94,), "reached"),
        (Aim(most=1.2), (1.21,), "short"),
    ],
)
def test_one_figure_beyond_its_aim_is_short_of_it(aim: Aim, figures: tuple[float, ...], word: str) -> None:
    assert word in aim.verdict(*figures)


def test_an_aim_reads_as_people_write_it() -> None:
    assert (str(Aim(least=5)), str(Aim(most=1.2))) == ("≥ 5×", "≤ 1.2×")
