"""Characters that no text of ours may hold."""

import re
from typing import Final

_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_ASCII_CONTROL: Final = bytes(code for code in range(128) if _CONTROL.match(chr(code)))

_BLANKS: Final = bytes(32 if chr(code).isspace() else code for code in range(256))


def without_control(value: str) -> str:
    """Without characters that databases, JSON or terminals choke on."""
    # The quick questions first: most texts hold none of them, and the pattern takes ten times as long.
    if value.isascii():
        raw = value.encode()
        kept = raw.translate(None, _ASCII_CONTROL)
        return value if len(kept) == len(raw) else kept.decode()
    return value if value.replace("\n", "").isprintable() else _CONTROL.sub("", value)


def is_control(character: str) -> bool:
    """Whether `without_control` takes it out."""
    return _CONTROL.match(character) is not None


def single_blanks(text: str) -> str:
    """The same words with one blank between any two: `" ".join(text.split())`, faster for texts in ASCII."""
    if not text.isascii():
        return " ".join(text.split())
    # Ends of paragraphs first: two newlines are found many times faster than two blanks.
    text = text.replace("\n\n", "\n").encode().translate(_BLANKS).decode()
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")
