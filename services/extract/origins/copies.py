"""Whether two stories carry one text: the signature of a story's own words, and how two are compared. Pure.

Copies of a wire story are cut, retitled and padded, so what counts is how much of the shorter text stands in
the longer one. A text too short to tell by is known by its headline alone, under stricter rules.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from services.extract.sections import OWN_SECTIONS, read_text
from shared.model.origin import CopyKind

COPY_CONTAINMENT = 0.6
EXCERPT_SHARE = 0.5
"""A copy is an excerpt, or holds one, when one text is shorter than this share of the other."""

SHINGLE_WORDS = 5
ENOUGH_SHINGLES = 12
MOST_WORDS = 3_000
OUTLINE_BITS = 8_192
LEAST_TITLE_WORDS = 4
LEAST_TITLE_WEIGHT = 24
"""Letters of a headline that can stand for its story; one of a script that writes syllables counts twice."""

PIECE = re.compile(r"\S{1,500}\s*|\s+")
"""What is normalised at once: the time that takes can grow with the square of its length."""
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|\w+")  # Han and kana stand without spaces
_LABEL = re.compile(r"\s*(?:[\[(【〔][^\])】〕]{1,20}[\])】〕]\s*|update \d{1,2}\s*[-:]\s*)+", re.IGNORECASE)
_SIGNED = re.compile(r"\s[-–—|]\s*([^-–—|]{2,40})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What is kept of a story to compare it: hashes of its word sequences, sorted, and its headline's words.

    `outline` has a bit set for each hash, so that two stories which share little are told apart at a glance.
    It is all the same in every process and on every Python, and takes at most 26 kB.
    """

    outlet: str
    title: tuple[str, ...]
    hashes: "array[int]"
    outline: int


class Likeness(NamedTuple):
    """How one story repeats another: `containment` is the shared part of the shorter text, 0 to 1; `because`
    says in words what was found."""

    containment: float
    kind: CopyKind
    because: str


def sign(title: str, text: str, outlet: str) -> Signature:
    """The signature of a story's own words, without links, appeals and credits around them."""
    hashes = _hashes(own_words(text))
    return Signature(outlet=outlet, title=title_words(title, outlet), hashes=hashes, outline=_outline(hashes))


def promise(mine: Signature, other: Signature) -> float:
    """A quick guess at the containment, 0 where the two cannot be copies; others may show promise too."""
    smaller = min(len(mine.hashes), len(other.hashes))
    if smaller < ENOUGH_SHINGLES:
        return float(mine.title == other.title)
    guess = (mine.outline & other.outline).bit_count() / smaller
    # Hashes that are not shared may share bits too, never half of them.
    return guess if guess >= COPY_CONTAINMENT / 2 else 0.0


def compare(mine: Signature, my_hashes: frozenset[int], other: Signature) -> Likeness | None:
    """How the two are copies of one text, None if they are not; `my_hashes` are those of `mine` as a set."""
    smaller, larger = sorted((len(mine.hashes), len(other.hashes)))
    if smaller < ENOUGH_SHINGLES:
        return _by_title(mine, other)
    shared = len(my_hashes.intersection(other.hashes))
    if shared < COPY_CONTAINMENT * smaller:
        return None
    if mine.outlet == other.outlet and mine.title != other.title and shared < larger:
        return None  # an outlet's own stock of paragraphs under two stories, or news put into its last one
    containment = shared / smaller
    because = f"{containment:.0%} of the {SHINGLE_WORDS}-word sequences of the shorter text are shared"
    return Likeness(containment, _kind(shared, smaller, larger), because)


def title_words(title: str, outlet: str) -> tuple[str, ...]:
    """The words of a headline without its label ("[Lead]") and without the outlet's own name behind it."""
    bare = _LABEL.sub("", title[:2_000], count=1) if _LABEL.match(title) else title[:2_000]
    signed = _SIGNED.search(bare)
    if signed and _bare_name(signed[1]) in {_bare_name(outlet), _bare_name(outlet.split(".", 1)[0])}:
        bare = bare[: signed.start()]
    return tuple(words(bare))


def own_words(text: str) -> list[str]:
    """The words of a text's own sections; at most the first three thousand."""
    read = read_text(text)
    return _first_words(
        read.masked[each.start : each.end] for each in read.sentences if each.section in OWN_SECTIONS
    )


def words(text: str) -> list[str]:
    """The words of a text without their case and form of writing; at most the first three thousand."""
    return _first_words((text,))


def _first_words(texts: Iterable[str]) -> list[str]:
    pieces = (piece.group() for text in texts for piece in PIECE.finditer(text))
    folded = (unicodedata.normalize("NFKC", piece).casefold() for piece in pieces)
    return list(islice((match.group() for piece in folded for match in WORD.finditer(piece)), MOST_WORDS))


def _hashes(found: list[str]) -> "array[int]":
    """One for a text shorter than a whole sequence, none for one without words."""
    count = max(len(found) - SHINGLE_WORDS + 1, 1) if found else 0
    sequences = (" ".join(found[start : start + SHINGLE_WORDS]) for start in range(count))
    return array("Q", sorted({_hash(sequence) for sequence in sequences}))


def _outline(hashes: "array[int]") -> int:
    bits = bytearray(OUTLINE_BITS // 8)
    for each in hashes:
        place = each % OUTLINE_BITS
        bits[place // 8] |= 1 << place % 8
    return int.from_bytes(bits, "little")


def _hash(sequence: str) -> int:
    digest = blake2b(sequence.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _kind(shared: int, smaller: int, larger: int) -> CopyKind:
    if shared == larger:
        return "exact"
    return "near" if smaller >= EXCERPT_SHARE * larger else "excerpt"


def _by_title(mine: Signature, other: Signature) -> Likeness | None:
    """The verdict where a text is too short: a headline repeated to the word, and long enough to be nobody
    else's. In one outlet, which repeats the headlines of its columns, the texts must be the same too."""
    if mine.title != other.title or not _is_telling(mine.title):
        return None
    same_text = mine.hashes == other.hashes
    if mine.outlet == other.outlet and not same_text:
        return None
    return Likeness(
        1.0, "exact" if same_text else "near", "the headline is the same, and there is little text"
    )


def _is_telling(title: tuple[str, ...]) -> bool:
    weight = sum(2 if "\u3040" <= letter <= "\ud7a3" else 1 for word in title for letter in word)
    return len(title) >= LEAST_TITLE_WORDS and weight >= LEAST_TITLE_WEIGHT


def _bare_name(name: str) -> str:
    return "".join(words(name))
