"""Sections tell the story's own words from what stands around them, without moving a character."""

import re
from dataclasses import dataclass

from services.extract.reading import section_marks as marks
from services.extract.reading.markup import mask_markup
from shared.model.tag import Section

SCORED_LIMIT = 60_000
"""Code points of a text that are read; what stands after them is never scored."""

MOST_SENTENCES = 2_000
"""A text with more of them is no story, and is read so far."""

OWN_SECTIONS: frozenset[Section] = frozenset({"title", "dek", "body", "subheading"})
"""The sections that count as the story's own text."""

# Begins with one set of characters, so that the search leaps from one of them to the next.
_SENTENCE_END = re.compile(
    r"[.!?…。！？](?:(?<=[.!?…])(?<!\b[A-ZА-Я]\.)(?<!\b[A-Z]\.[A-Z]\.)(?<!\b(?:Mr|Dr|St|vs|No|Lt)\.)"
    r"(?<!\b(?:Mrs|Sen|Rep|Gen|Col|Gov|Maj|Jan|Feb|Aug|Sep|Oct|Nov|Dec)\.)(?<!\bSept\.)"
    r"[.!?…]{0,20}+[\"'”’»)\]]{0,20}+(?:\s+|(?=[A-ZА-ЯІЇЄ][a-zа-яіїє]))"
    r"|(?<=[。！？])[。！？]*[」』”]*\s*)"
)
_LIST_MARKS = ("•", "▪", "●")
_LIST_MARK = re.compile(rf"(?<!\s)\s+[{''.join(_LIST_MARKS)}]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence at its offsets in the title, or in the text as received."""

    start: int
    end: int
    section: Section


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionedText:
    """`masked` is the text with markup blanked, as long as the part of the text that is read."""

    masked: str
    sentences: tuple[Sentence, ...]


def read_title(title: str) -> SectionedText:
    """A title as sentences of its own section; only the first 2,000 code points are read."""
    masked = mask_markup(title[:2_000])
    sentences = _split(masked, 0, len(masked), "title")
    return SectionedText(masked=masked, sentences=tuple(sentences))


def read_text(text: str) -> SectionedText:
    """A text as sentences, each with its section; only the first `SCORED_LIMIT` code points are read."""
    masked = mask_markup(text[:SCORED_LIMIT])
    sentences: list[Sentence] = []
    ending: Section | None = None
    position = 0
    appeals = _appeals_in(masked)
    for line in masked.splitlines(keepends=True):
        start, position = position, position + len(line)
        if not line.strip():
            continue
        if len(sentences) >= MOST_SENTENCES:
            break
        cut = marks.INLINE_RELATED.search(line) if any(sign in line for sign in marks.INLINE_SIGNS) else None
        own_end = start + cut.start() if cut else position
        section = _section_of(line, ending, appeals, is_first=not sentences)
        if section in {"related", "appeal"} and not sentences:
            section = "body"
        ending = section if section in {"related", "appeal"} else ending
        if not sentences and (opening := marks.AGENCY_OPENING.match(masked, start, own_end)):
            sentences.append(Sentence(start=start, end=opening.end(), section="dateline"))
            start = opening.end()
        sentences.extend(_split(masked, start, own_end, section))
        if cut:
            sentences.extend(_split(masked, own_end, position, "related"))
    return SectionedText(masked=masked, sentences=tuple(sentences))


def _appeals_in(masked: str) -> tuple[str, ...]:
    """The phrases that stand anywhere in the text; most texts have none, so that no line need be searched."""
    lowered = masked.lower()
    return tuple(phrase for phrase in marks.APPEAL if phrase in lowered)


def _section_of(line: str, ending: Section | None, appeals: tuple[str, ...], *, is_first: bool) -> Section:
    """The section of one line; a list of related links goes on until a line that reads like prose."""
    if len(line) > 3_000:
        return "body"
    if appeals and len(line) < 900 and _is_appeal(line, appeals):
        return "appeal"
    if marks.RELATED.match(line) and len(line) < 400:
        return "related"
    for section, pattern in _LINE_RULES:
        if pattern.match(line):
            return section
    if ending == "appeal" or (ending == "related" and not _reads_like_prose(line)):
        return ending
    if is_first:
        return "dek" if len(line.strip()) <= 300 else "body"
    return "subheading" if _is_subheading(line) else "body"


_LINE_RULES: tuple[tuple[Section, re.Pattern[str]], ...] = (
    ("credit", marks.CREDIT),
    ("caption", marks.CAPTION),
    ("embed", marks.EMBED),
    ("dateline", marks.DATELINE),
)


def _is_appeal(line: str, appeals: tuple[str, ...]) -> bool:
    lowered = line[:600].lower()
    return any(phrase in lowered for phrase in appeals)


def _reads_like_prose(line: str) -> bool:
    stripped = line.strip()
    is_item = stripped.startswith(("-", "•", "*", "▶", "►", "■", "→", "①"))
    return not is_item and len(stripped) > 180 and stripped.endswith((".", "。", "…", '"', "”", "!", "?"))


def _is_subheading(line: str) -> bool:
    stripped = line.strip()
    return len(stripped) <= 90 and stripped[0].isalnum() and stripped[-1].isalnum()


def _split(masked: str, start: int, end: int, section: Section) -> list[Sentence]:
    """The non-blank sentences of one line; list marks in the line part it too."""
    sentences: list[Sentence] = []
    begin = start
    for boundary in _boundaries(masked, start, end):
        if masked[begin:boundary].strip():
            sentences.append(Sentence(start=begin, end=boundary, section=section))
            begin = boundary
    return sentences


def _boundaries(masked: str, start: int, end: int) -> list[int]:
    cuts = {match.end() for match in _SENTENCE_END.finditer(masked, start, end)}
    if any(masked.find(mark, start, end) >= 0 for mark in _LIST_MARKS):
        cuts.update(match.start() for match in _LIST_MARK.finditer(masked, start, end))
    return [*sorted(cut for cut in cuts if start < cut < end), end]
