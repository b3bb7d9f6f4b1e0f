"""Long lists of values in pieces: databases bound the parameters of a statement."""

from collections.abc import Iterator, Sequence
from typing import Final

CHUNK: Final = 500


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """The values in their order, at most 500 at a time."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
