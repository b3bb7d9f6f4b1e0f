"""Work shared out to processes: answers in order, failures in words."""

import os

import pytest

from services.commands.lines import in_order
from shared.errors import InputError, WorkerCrashedError

_ready: list[bool] = []


def _set_up() -> None:
    _ready.append(True)


def _refuse() -> None:
    raise InputError("rules.yaml:3: wrong")


def _doubled(numbers: list[int]) -> list[int]:
    assert _ready
    return [2 * number for number in numbers]


def _die(_numbers: list[int]) -> list[int]:
    os._exit(9)


@pytest.mark.parametrize(("jobs", "copies"), [(1, False), (2, False), (2, True)])
def test_answers_come_in_the_order_of_the_lines(jobs: int, copies: bool) -> None:
    answers = in_order(range(500), _doubled, jobs=jobs, setup=_set_up, copies=copies)
    assert list(answers) == [2 * number for number in range(500)]


@pytest.mark.parametrize(("jobs", "copies"), [(1, False), (2, False), (2, True)])
def test_what_is_wrong_with_the_rules_is_said_whoever_reads_them(jobs: int, copies: bool) -> None:
    with pytest.raises(InputError, match=r"rules\.yaml:3"):
        list(in_order(range(500), _doubled, jobs=jobs, setup=_refuse, copies=copies))


@pytest.mark.parametrize("copies", [False, True])
def test_a_process_that_dies_is_an_error_of_ours_and_nothing_hangs(copies: bool) -> None:
    with pytest.raises(WorkerCrashedError):
        list(in_order(range(500), _die, jobs=2, setup=_set_up, copies=copies))
