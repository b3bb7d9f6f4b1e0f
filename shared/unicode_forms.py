"""Unicode normal forms of texts that strangers wrote."""

from collections.abc import Iterator
from typing import Final, Literal
from unicodedata import normalize

PIECE: Final = 500
"""Characters normalised at once: the time of a run of combining marks grows with the square of its length."""


def normalized(form: Literal["NFC", "NFKC"], text: str) -> str:
    """The text in that normal form, in time that grows with its length.

    It is cut at blanks, where nothing combines. A run of more than PIECE characters without one is cut
    within, so that two ways to write an accent that stands just there stay two.
    """
    if text.isascii():
        return text
    return "".join(normalize(form, piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > PIECE:
        end = text.rfind(" ", start, start + PIECE) + 1 or start + PIECE
        yield text[start:end]
        start = end
    yield text[start:]
