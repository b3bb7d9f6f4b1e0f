"""Folding makes text comparable without losing where each character came from."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_SAME_LENGTH = {
    **dict.fromkeys(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t",
        " ",
    ),
    **dict.fromkeys("‘’‛ʼ′`´＇", "'"),
    **dict.fromkeys("“”„‟«»＂", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "ё": "е",
    **{chr(0xFF01 + offset): chr(0x21 + offset).lower() for offset in range(94) if offset not in (1, 6)},
}
_REPLACED = re.compile(f"[{re.escape(''.join(_SAME_LENGTH))}]")
_INVISIBLE = frozenset(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_HAS_INVISIBLE = re.compile(f"[{''.join(sorted(_INVISIBLE))}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """`text` is the folded form; `starts` and `ends` lead each of its characters back to the raw ones.

    Both are None when folding kept every character in its place.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw offsets of a non-empty folded span."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def fold(raw: str) -> Folded:
    """Lower case, composed (NFC), plain spaces, quotes and dashes; invisible characters dropped; ё as е."""
    if raw.isascii():
        return Folded(text=raw.lower().replace("\t", " ").replace("`", "'"))
    raw = _SURROGATE.sub("\ufffd", raw)
    if unicodedata.is_normalized("NFC", raw) and _HAS_INVISIBLE.search(raw) is None:
        lowered = raw.lower()
        if len(lowered) == len(raw):
            return Folded(text=_plain(lowered))
    return _fold_with_map(raw)


def fold_term(term: str) -> str:
    """A lexicon's term in the form that `fold` gives running text."""
    return fold(term).text


def _plain(lowered: str) -> str:
    """Each unusual space, quote, dash and full-width character as its plain one."""
    return _REPLACED.sub(lambda match: _SAME_LENGTH[match[0]], lowered)


def _fold_with_map(raw: str) -> Folded:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(raw):
        folded = _plain(unicodedata.normalize("NFC", raw[start:end]).lower())
        pieces.append(folded)
        starts.extend([start] * len(folded))
        ends.extend([end] * len(folded))
    return Folded(text="".join(pieces), starts=tuple(starts), ends=tuple(ends))


def _clusters(raw: str) -> Iterator[tuple[int, int]]:
    """Spans of a character with the marks and jamo that compose with it; invisible ones are left out."""
    start = -1
    for index, character in enumerate(raw):
        if character in _INVISIBLE:
            if start >= 0:
                yield start, index
            start = -1
        elif start >= 0 and _continues(character) and index - start < 32:
            continue
        else:
            if start >= 0:
                yield start, index
            start = index
    if start >= 0:
        yield start, len(raw)


def _continues(character: str) -> bool:
    return unicodedata.combining(character) != 0 or "\u1160" <= character <= "\u11ff"
