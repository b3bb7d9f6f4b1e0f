"""Words from outside as they may stand on a terminal."""

from typing import Final

from services.ingest.characters import without_control

_LONGEST_TITLE: Final = 300


def plain(text: str) -> str:
    """On one line, without control characters."""
    return " ".join(without_control(text).split())


def plain_title(title: str) -> str:
    """As `plain`, and no longer than a headline need be."""
    return plain(title)[:_LONGEST_TITLE]
