"""Markup to plain text: what readers see, and what every evidence span counts in."""

import re
import sys
from html import unescape
from html.entities import html5
from typing import Final

from services.ingest.characters import is_control, single_blanks, without_control
from services.ingest.documents.markup import visible_text
from services.ingest.documents.parsed import LONGEST_TEXT, LONGEST_TITLE
from services.ingest.documents.tidymarkup import tidy_text

_TAG: Final = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]*(\s[^<>]*)?/?>|<!--")
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
    return single_blanks(_without_markup(value[: 8 * LONGEST_TITLE]))[:LONGEST_TITLE].rstrip()


def body_text(value: str) -> str:
    """At most 100,000 characters; paragraphs end with newlines, at most one empty line between them."""
    value = value[:_LONGEST_MARKUP]
    marked = _has_tags(value)
    text = _visible(value) if marked else _unescaped(value)
    if "&" in value and _has_tags(text):  # escaped twice, which publishers do
        text = _visible(text)
    elif not marked:
        text = _tidy_lines(text)
    return text[:LONGEST_TEXT].rstrip()


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
    return match.group() if exists and not is_control(chr(int(digits, base))) else ""


def _without_markup(value: str) -> str:
    return _visible(value) if _has_tags(value) else _unescaped(value)


def _has_tags(value: str) -> bool:
    return "<" in value and _TAG.search(value) is not None


def _visible(markup: str) -> str:
    """What readers see of something with tags in it."""
    markup = without_control(markup)  # before blanks are counted: what goes later would leave two in a row
    text = tidy_text(markup)
    if text is None:
        return without_control(visible_text(markup))
    return without_control(text) if "&" in markup else text


def _unescaped(text: str) -> str:
    return without_control(unescape(text) if "&" in text else text)


def _tidy_lines(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _GAP.sub("\n\n", "\n".join(map(single_blanks, lines))).strip()
