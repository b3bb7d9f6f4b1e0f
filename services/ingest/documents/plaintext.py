"""Markup to plain text: what readers see, and what every evidence span counts in."""

import re
import sys
from html import unescape
from html.entities import html5
from typing import Final

from services.ingest.documents.markup import visible_text
from services.ingest.documents.parsed import LONGEST_TEXT, LONGEST_TITLE
from services.ingest.documents.tidymarkup import tidy_text

_TAG: Final = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]*(\s[^<>]*)?/?>|<!--")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_GAP: Final = re.compile(r"\n{3,}")
_REFERENCE: Final = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,31};)|#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?)"
)
_LONGEST_CODE: Final = 7
_SPECIAL: Final = frozenset("<>&\"'")
# Markup is many times longer than the text in it; beyond this nobody pays for turning it into text.
_LONGEST_MARKUP: Final = 4 * LONGEST_TEXT


def title_text(value: str) -> str:
    """One line of at most 1,000 characters."""
    return " ".join(_without_markup(value[: 8 * LONGEST_TITLE]).split())[:LONGEST_TITLE].rstrip()


def body_text(value: str) -> str:
    """At most 100,000 characters; paragraphs end with newlines, at most one empty line between them."""
    text = _without_markup(value[:_LONGEST_MARKUP])
    if "&" in value and "<" in text and _TAG.search(text):  # escaped twice, which publishers do
        text = _without_markup(text)
    elif not ("<" in value and _TAG.search(value)):
        lines = (
            " ".join(line.split()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        )
        text = _GAP.sub("\n\n", "\n".join(lines)).strip()
    return text[:LONGEST_TEXT].rstrip()


def without_control(value: str) -> str:
    """Without characters that databases, JSON or terminals choke on."""
    # The quick question first: all of them are unprintable, and most texts hold nothing unprintable.
    printable = value.replace("\n", "").isprintable()
    return value if printable else _CONTROL.sub("", value)


def repaired_references(document: str) -> str:
    """The document with HTML's named entities as characters, which XML does not know, and without
    references to characters that do not exist, of which one would cost the whole feed.

    Entities that stand for characters with a meaning in XML stay.
    """
    return _REFERENCE.sub(_repaired, document) if "&" in document else document


def _repaired(match: re.Match[str]) -> str:
    name, hexadecimal, decimal = match.groups()
    if name is not None:
        meaning = html5.get(name)
        return match.group() if meaning is None or _SPECIAL & set(meaning) else meaning
    digits, base = (hexadecimal, 16) if hexadecimal else (decimal, 10)
    digits = digits.lstrip("0")
    exists = 0 < len(digits) <= _LONGEST_CODE and int(digits, base) <= sys.maxunicode
    return match.group() if exists and not _CONTROL.match(chr(int(digits, base))) else ""


def _without_markup(value: str) -> str:
    if "<" in value and _TAG.search(value):
        value = without_control(value)  # before blanks are counted: what goes later would leave two in a row
        text = tidy_text(value)
        return without_control(visible_text(value) if text is None else text)
    return without_control(unescape(value) if "&" in value else value)
