"""From a page's bytes to characters: what servers and pages declare is often wrong, so it is checked.

UTF-8 that decodes is UTF-8, whatever is declared: text in other encodings practically never is valid UTF-8.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from charset_normalizer import from_bytes

from shared.charsets import IN_CONTENT_TYPE, WIDER

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_META_WITHIN: Final = 4_096
# Python knows codecs that are no character sets (punycode, unicode_escape), some of them slow to abuse.
_CHARSETS: Final = re.compile(
    r"(?:utf-?(?:8|16)|(?:us-)?ascii|iso-?8859-?\d{1,2}|latin-?\d|(?:windows-?|cp-?)\d{3,4}|koi8-?[rut]"
    r"|euc-?(?:kr|jp)|ks_?c_?5601(?:-?1987)?|gb(?:2312|k|18030)|big5(?:-?hkscs)?|shift_?jis)"
)
_WORDS: Final = re.compile(rb"[\x80-\xff][^<>]{0,200}")
"""Where a page says something in letters that encodings differ about."""

_GUESSES: Final = [
    *("cp1251", "koi8_r", "koi8_u", "cp949", "cp932", "euc_jp", "gb18030", "big5"),
    *("cp1252", "cp1250", "iso8859_2", "cp1254"),
]
"""What the web was written in before UTF-8; a guess among all there is finds encodings nobody used there."""

_SAMPLE: Final = 20_000
_FEW: Final = 50
"""One lost character in so many is damage; more say that the encoding is another one."""


def decode_page(body: bytes, content_type: str) -> str:
    """The page's characters. Never fails: what cannot be read becomes U+FFFD."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body.decode(charset, "replace")
    text = body.decode("utf-8", "replace")
    if _reads_well(text):
        return text
    for charset in _declared(body, content_type):
        reading = body.decode(charset, "replace")
        if _reads_well(reading):
            return reading
    guess = from_bytes(b" ".join(_WORDS.findall(body))[:_SAMPLE], cp_isolation=_GUESSES).best()
    return text if guess is None else body.decode(guess.encoding, "replace")


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    header, meta = IN_CONTENT_TYPE.search(content_type), _META.search(body, 0, _META_WITHIN)
    names = (header.group(1) if header else "", meta.group(1).decode("ascii") if meta else "")
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


def _reads_well(text: str) -> bool:
    """Whether hardly anything was lost, and few of the controls that only a wrong reading brings forth."""
    unusual = len(text) - len(text.encode("ascii", "ignore"))
    lost = text.count("\ufffd") + len(re.findall("[\x80-\x9f]", text))
    return lost * _FEW <= unusual
