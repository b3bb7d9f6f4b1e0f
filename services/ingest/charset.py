"""From bytes to characters: what servers and documents declare is often wrong, so it is checked.

UTF-8 that decodes is UTF-8, whatever is declared: text in other encodings practically never is valid UTF-8.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_PROLOG: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
# Python knows codecs that are no character sets (punycode, unicode_escape), some of them slow to abuse.
_CHARSETS: Final = re.compile(
    r"utf-?(8|16|32)-?(le|be)?|(us-)?ascii|iso-?8859-?\d{1,2}|latin-?\d|(windows-?|cp-?)\d{3,4}|koi8-?[rut]"
    r"|euc-?(kr|jp)|ks_?c_?5601(-?1987)?|gb(2312|k|18030)|big5(-?hkscs)?|shift_?jis|iso-?2022-?(jp|kr)"
)
_WIDER: Final = {
    "euckr": "cp949",
    "ksc5601": "cp949",
    "ksc56011987": "cp949",
    "windows949": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shiftjis": "cp932",
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "usascii": "cp1252",
}
_UNLIKE_ASCII: Final = re.compile(r"utf-?(16|32)|iso-?2022")
_GUESSES: Final = ("cp949", "cp1251", "koi8-r")
_PLAUSIBLE: Final = re.compile("[가-힣]{2,}|[а-яёіїєґў]{2,}")
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufeff\ufffe\uffff]")


def decode_document(body: bytes, content_type: str) -> str:
    """The document's characters, without those that no XML or JSON may hold.

    Never fails: what cannot be read becomes U+FFFD.
    """
    return _ILLEGAL.sub("", _decoded(body, content_type))


def _decoded(body: bytes, content_type: str) -> str:
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body.decode(charset, "replace")
    declared = tuple(_declared(body, content_type))
    strange = [charset for charset in declared if _UNLIKE_ASCII.match(charset)]
    for charset in (*strange, "utf-8"):
        text = _strictly(body, charset)
        if text is not None:
            return text
    text = body.decode("utf-8", "replace")
    if _few_losses(text):
        return text
    return max(_readings(body, declared), key=_plausibility)


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    header, prolog = _HEADER.search(content_type), _PROLOG.search(body, 0, 1_000)
    names = (header.group(1) if header else "", prolog.group(1).decode("ascii") if prolog else "")
    for name in names:
        charset = name.lower()
        if _CHARSETS.fullmatch(charset):
            yield _WIDER.get(re.sub(r"[^a-z0-9]", "", charset), charset)


def _readings(body: bytes, declared: tuple[str, ...]) -> Iterator[str]:
    """Possible readings; where several are equally plausible the first is right."""
    for charset in (*declared, "cp1252"):
        try:
            yield body.decode(charset, "replace")
        except LookupError:
            continue
    for charset in _GUESSES:
        text = _strictly(body, charset)
        if text is not None:
            yield text


def _strictly(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None


def _few_losses(text: str) -> bool:
    """Whether a few bytes were damaged or cut off, rather than the encoding being another one."""
    unusual = sum(1 for character in text if character > "\x7f")
    return text.count("\ufffd") * 20 <= unusual


def _plausibility(text: str) -> float:
    """How much reads like running Korean, Russian or Ukrainian: in a wrong reading letters change script,
    or turn to capitals. A little is lost for each damaged character."""
    letters = sum(len(run.group()) * (2 if run.group() >= "가" else 1) for run in _PLAUSIBLE.finditer(text))
    return letters - 3 * text.count("\ufffd")
