"""A relevant story read once more for the words that part one category from another."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.extract.gazetteer import Gazetteer, Hit
from services.extract.reading.labels import LabelledSentence, LabelledStory
from services.extract.reading.markup import mask_markup
from services.extract.rules.category_rules import ANY_LANGUAGE, CategoryRules
from services.extract.rules.lexicon import Lexicon

READ_LIMIT = 8_000
"""Code points of a text that are read for categories; they were labelled on texts of 2,000."""

_LEAD_SENTENCES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedSentence:
    """A sentence with the category words in it; `labels` has theirs beside its own."""

    sentence: LabelledSentence
    marks: tuple[tuple[Hit, int], ...]
    labels: int

    @property
    def labelled(self) -> tuple[tuple[Hit, int], ...]:
        """Every hit with its label, category words first."""
        return (*self.marks, *self.sentence.labelled)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedStory:
    """A story's sentences by zone: title, lead, and those of the text that can be about the North.

    Each of `anchored` goes with the labels it is read with: its own and those of the sentence before it.
    """

    title: tuple[MarkedSentence, ...]
    lead: tuple[MarkedSentence, ...]
    anchored: tuple[tuple[MarkedSentence, int], ...]
    title_labels: int
    head_labels: int
    everything: int


class CategoryReader:
    """Marks the category words of stories; immutable once made."""

    def __init__(self, lexicon: Lexicon, rules: CategoryRules) -> None:
        self._gazetteers = {
            language: Gazetteer(replace(lexicon, terms=terms, abbreviations=()))
            for language, terms in rules.terms.items()
        }
        self._bits = {name: 1 << bit for name, bit in rules.labels.items()}

    def read(self, story: LabelledStory) -> MarkedStory:
        """The story's own sentences as far as they are read, marked."""
        gazetteer = self._gazetteers.get(story.language) or self._gazetteers[ANY_LANGUAGE]
        title, text = self._mark(story.title, gazetteer), self._mark(story.text, gazetteer)
        title_labels = _union(title)
        north = self._bits["KP"]
        anchored: list[tuple[MarkedSentence, int]] = []
        before = title_labels
        for sentence in text:
            if (sentence.labels | before) & north:
                anchored.append((sentence, sentence.labels | before))
            before = sentence.labels
        lead = text[:_LEAD_SENTENCES]
        return MarkedStory(
            title=title,
            lead=lead,
            anchored=tuple(anchored),
            title_labels=title_labels,
            head_labels=title_labels | _union(lead),
            everything=title_labels | _union(text),
        )

    def _mark(
        self, sentences: Sequence[LabelledSentence], gazetteer: Gazetteer
    ) -> tuple[MarkedSentence, ...]:
        if not sentences:
            return ()
        _, hits = gazetteer.find(mask_markup(sentences[0].source[:READ_LIMIT]), "")
        starts = [hit.start for hit in hits]
        marked: list[MarkedSentence] = []
        position = 0
        for sentence in sentences:
            start, end = sentence.sentence.start, sentence.sentence.end
            if start >= READ_LIMIT:
                break
            first = bisect_left(starts, start, position)
            position = bisect_left(starts, end, first)
            found = hits[first:position]
            marks = tuple([(hit, self._bits[hit.name]) for hit in found if hit.end <= end]) if found else ()
            labels = sentence.labels
            for _, bit in marks:
                labels |= bit
            marked.append(MarkedSentence(sentence=sentence, marks=marks, labels=labels))
        return tuple(marked)


def _union(sentences: Sequence[MarkedSentence]) -> int:
    labels = 0
    for sentence in sentences:
        labels |= sentence.labels
    return labels
