"""From bytes to characters: what servers and documents declare is often wrong, so it is checked.

UTF-8 that decodes is UTF-8, whatever is declared: text in other encodings practically never is valid UTF-8.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from services.ingest.documents.scripts import PLAUSIBLE, PLAUSIBLE_IF_DECLARED, SAMPLE, plausibility
from shared.charsets import IN_CONTENT_TYPE, WIDER

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_PROLOG: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
# Python knows codecs that are no character sets (punycode, unicode_escape), some of them slow to abuse.
_CHARSETS: Final = re.compile(
    r"utf-?(8|16|32)-?(le|be)?|(us-)?ascii|iso-?8859-?\d{1,2}|latin-?\d|(windows-?|cp-?)\d{3,4}|koi8-?[rut]"
    r"|euc-?(kr|jp)|ks_?c_?5601(-?1987)?|gb(2312|k|18030)|big5(-?hkscs)?|shift_?jis|iso-?2022-?(jp|kr)"
)
_UNLIKE_ASCII: Final = re.compile(r"utf-?(16|32)|iso-?2022")
_GUESSES: Final = (
    *("cp949", "cp1251", "koi8-u", "cp932", "euc-jp", "gb18030"),
    *("iso-8859-5", "cp866", "cp1252", "cp1250"),
)
_CONTROLS: Final = bytes(code for code in range(32) if chr(code) not in "\t\n\r")
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufeff\ufffe\uffff]")


def decode_document(body: bytes, content_type: str) -> str:
    """The document's characters, without those that no XML or JSON may hold.

    Never fails: what cannot be read, in no encoding in a plausible way, becomes U+FFFD.
    """
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return _ILLEGAL.sub("", body.decode(charset, "replace"))
    declared = tuple(_declared(body, content_type))
    for charset in declared:
        if _UNLIKE_ASCII.match(charset) and (text := _strictly(body, charset)) is not None:
            return _ILLEGAL.sub("", text)
    # In all other encodings these bytes are never part of a character.
    body = body.translate(None, _CONTROLS)
    text = body.decode("utf-8", "replace")
    if "\ufffd" in text and not _few_losses(text):
        text = _most_plausible(body, declared)
    return _ILLEGAL.sub("", text) if _has_noncharacters(text) else text


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    header, prolog = IN_CONTENT_TYPE.search(content_type), _PROLOG.search(body, 0, 1_000)
    names = (header.group(1) if header else "", prolog.group(1).decode("ascii") if prolog else "")
    for name in names:
        charset = name.lower()
        if _CHARSETS.fullmatch(charset) and _exists(charset):
            yield WIDER.get(re.sub(r"[^a-z0-9]", "", charset), charset)


def _exists(charset: str) -> bool:
    try:
        codecs.lookup(charset)
    except LookupError:
        return False
    return True


def _most_plausible(body: bytes, declared: tuple[str, ...]) -> str:
    """The declared reading if it can be right, else the best of all readings, else one with U+FFFD."""
    sample = _whole_lines(body)
    for charset in declared:
        if plausibility(sample.decode(charset, "replace")) >= PLAUSIBLE_IF_DECLARED:
            return body.decode(charset, "replace")
    scores = {
        charset: plausibility(reading)
        for charset in _GUESSES
        if (reading := _strictly(sample, charset)) is not None
    }
    best = max(scores, key=lambda charset: scores[charset], default="")
    readable = best and scores[best] >= PLAUSIBLE
    return body.decode(best, "replace") if readable else body.decode("utf-8", "replace")


def _whole_lines(body: bytes) -> bytes:
    """The beginning of a document up to a sign that is no part of a character."""
    end = body.rfind(b"<", 0, SAMPLE)
    return body if len(body) <= SAMPLE else body[: end if end > 0 else SAMPLE]


def _strictly(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None


def _few_losses(text: str) -> bool:
    """Whether a few bytes were damaged or cut off, rather than the encoding being another one."""
    unusual = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") * 20 <= unusual


def _has_noncharacters(text: str) -> bool:
    return any(mark in text for mark in "\ufeff\ufffe\uffff")
