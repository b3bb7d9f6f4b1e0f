"""The watch itself: the two sides whose dealings with each other are looked for."""

from typing import Final

SIDES: Final = ("KP", "RU")
"""As the lexicon calls them."""
