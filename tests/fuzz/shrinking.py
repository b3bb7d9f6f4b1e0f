"""A fault made small: steps are left out and repeated less as long as it stays."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from tests.fuzz.shapes import Shape, story


class Checker(Protocol):
    """Raises what is wrong with a story."""

    def check(self, title: str, text: str) -> None: ...


def fault_of(shapes: Sequence[Shape], oracle: Checker) -> str | None:
    """What is wrong with the story of these steps, in words; None if nothing is."""
    try:
        oracle.check(*story(shapes))
    except Exception as error:  # noqa: BLE001 - whatever a reader raises is a fault
        return f"{type(error).__name__}: {error}"
    return None


def shrink(shapes: Sequence[Shape], oracle: Checker) -> tuple[Shape, ...]:
    """Steps none of which can be left out, nor be repeated half as often, without losing every fault."""
    small = tuple(shapes)
    while (smaller := next((each for each in _smaller(small) if fault_of(each, oracle)), None)) is not None:
        small = smaller
    return small


def _smaller(shapes: tuple[Shape, ...]) -> Iterator[tuple[Shape, ...]]:
    for place, shape in enumerate(shapes):
        yield (*shapes[:place], *shapes[place + 1 :])
        if shape.joint:
            yield (*shapes[:place], replace(shape, joint=""), *shapes[place + 1 :])
        if shape.times > 1:
            yield (*shapes[:place], replace(shape, times=shape.times // 2), *shapes[place + 1 :])
