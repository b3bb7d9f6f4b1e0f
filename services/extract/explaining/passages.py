"""What of a story was read as its own words, and what was left out as something else."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.extract.explaining.label_words import SECTION_WORDS
from services.extract.sections import (
    OWN_SECTIONS,
    SCORED_LIMIT,
    SectionedText,
    Sentence,
    read_text,
    read_title,
)
from shared.model.explanation import LeftOut, SectionRead

_MOST_LEFT_OUT: Final = 20
_EXCERPT: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The title or the text as received, and how it was read."""

    raw: str
    sectioned: SectionedText

    def sentence_at(self, start: int, end: int) -> Sentence | None:
        """The sentence these offsets lie in, None where they lie in none or in two."""
        sentences = self.sectioned.sentences
        before = bisect_right(sentences, start, key=lambda one: one.start) - 1
        return sentences[before] if before >= 0 and end <= sentences[before].end else None


def parts_of(title: str, text: str) -> tuple[Part, Part]:
    """The title and the text, read."""
    return Part(raw=title, sectioned=read_title(title)), Part(raw=text, sectioned=read_text(text))


def sections_read(parts: tuple[Part, ...]) -> tuple[SectionRead, ...]:
    """How much there is of each section, in order of appearance."""
    found: dict[str, SectionRead] = {}
    for part in parts:
        for sentence in part.sectioned.sentences:
            before = found.get(sentence.section)
            found[sentence.section] = SectionRead(
                section=sentence.section,
                counted=sentence.section in OWN_SECTIONS,
                sentences=1 + (before.sentences if before else 0),
                characters=sentence.end - sentence.start + (before.characters if before else 0),
            )
    return tuple(found.values())


def passages_left_out(text: Part) -> tuple[tuple[LeftOut, ...], int]:
    """The first passages of the text that are not the story's own words, and how many there are."""
    passages = list(_runs(text))
    shown = tuple(_left_out(text, start, end, first) for first, start, end in passages[:_MOST_LEFT_OUT])
    return shown, len(passages)


def unread(text: str) -> int:
    """The characters after the limit up to which a text is read."""
    return max(0, len(text) - SCORED_LIMIT)


def _runs(text: Part) -> Iterator[tuple[Sentence, int, int]]:
    """Neighbouring sentences of one section that does not count, as one."""
    run: tuple[Sentence, int, int] | None = None
    for sentence in text.sectioned.sentences:
        if run is not None and run[0].section != sentence.section:
            yield run
            run = None
        if sentence.section not in OWN_SECTIONS:
            run = (run[0], run[1], sentence.end) if run else (sentence, sentence.start, sentence.end)
    if run is not None:
        yield run


def _left_out(text: Part, start: int, end: int, first: Sentence) -> LeftOut:
    return LeftOut(
        section=first.section,
        because=f"{SECTION_WORDS[first.section]}, not the story's own words",
        text=" ".join(text.raw[start : min(end, start + _EXCERPT)].split()),
        start=start,
        end=end,
    )
