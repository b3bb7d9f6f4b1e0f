"""Everything that is wrong with a lexicon, gathered so that an analyst mends it in one go."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Final

from shared.errors import LexiconError

MOST_TOLD: Final = 50
_MOST_LISTED: Final = 12
_PLACE: Final = re.compile(r"(.+?):([0-9]+): ")


class Mistakes:
    """What was found wrong."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def add(self, mistake: str) -> None:
        """One mistake, as "file:line: what is wrong"; the same one again is kept once."""
        self._found[mistake] = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """A LexiconError inside is kept as a mistake, and what follows goes on."""
        try:
            yield
        except LexiconError as error:
            self.add(error.detail)

    def raise_any(self) -> None:
        """Raises LexiconError with a line for each of the first fifty, and how many more there are."""
        if not self._found:
            return
        told = self._in_order()[:MOST_TOLD]
        if len(self._found) > MOST_TOLD:
            told.append(f"and {len(self._found) - MOST_TOLD} more")
        raise LexiconError("\n".join(told))

    def _in_order(self) -> list[str]:
        """File by file in the order of reading, and line by line in each."""
        placed = [(*_place(mistake), mistake) for mistake in self._found]
        files = list(dict.fromkeys(file for file, _, _ in placed))
        return [mistake for _, _, mistake in sorted(placed, key=lambda one: (files.index(one[0]), one[1]))]


def _place(mistake: str) -> tuple[str, int]:
    """The file and the line that a mistake begins with."""
    place = _PLACE.match(mistake)
    return (place[1], int(place[2])) if place else (mistake, 0)


def likely(written: str, known: Iterable[str]) -> str:
    """What was probably meant, or what there is: the end of a message about an unknown name."""
    names = sorted(known)
    if close := get_close_matches(written, names, n=1):
        return f"did you mean {close[0]!r}?"
    listed = ", ".join(names[:_MOST_LISTED])
    return f"expected one of: {listed}" + (", …" if len(names) > _MOST_LISTED else "")
