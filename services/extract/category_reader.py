"""A relevant story read once more for the words that part one category from another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.extract.category_rules import CategoryRules, CategoryZone
from services.extract.gazetteer import Gazetteer, Hit
from services.extract.labels import LabelledSentence, LabelledStory
from services.extract.lexicon import Lexicon
from services.extract.lexicon_rules import Condition
from services.extract.markup import mask_markup

READ_LIMIT = 8_000
"""Code points of a text that are read for categories; they were labelled on texts of 2,000."""

_LEAD_SENTENCES = 2
_ENOUGH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedSentence:
    """A sentence with the category words in it; `labels` has theirs beside its own."""

    sentence: LabelledSentence
    marks: tuple[tuple[Hit, int], ...]
    labels: int

    @property
    def labelled(self) -> Iterator[tuple[Hit, int]]:
        """Every hit with its label, category words first."""
        yield from self.marks
        yield from self.sentence.labelled


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

    def value(self, condition: Condition, zone: CategoryZone) -> float:
        """How strongly a condition holds in a zone, from 0 to 1."""
        if zone == "title":
            return float(condition.holds(self.title_labels))
        if zone == "head":
            return float(condition.holds(self.head_labels))
        count = 0
        for _, labels in self.anchored:
            if condition.holds(labels):
                count += 1
                if count == _ENOUGH:
                    break
        return 1.0 - 0.5**count

    def sentences(self, condition: Condition, zone: CategoryZone) -> Iterator[MarkedSentence]:
        """The sentences that make a condition hold in a zone."""
        if zone == "body":
            yield from (sentence for sentence, labels in self.anchored if condition.holds(labels))
        else:
            yield from self.title
            if zone == "head":
                yield from self.lead


class CategoryReader:
    """Marks the category words of stories; immutable once made."""

    def __init__(self, lexicon: Lexicon, rules: CategoryRules) -> None:
        self._gazetteer = Gazetteer(replace(lexicon, terms=rules.terms, abbreviations=()))
        self._bits = {name: 1 << bit for name, bit in rules.labels.items()}

    def read(self, story: LabelledStory) -> MarkedStory:
        """The story's own sentences as far as they are read, marked."""
        title, text = self._mark(story.title), self._mark(story.text)
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

    def _mark(self, sentences: Sequence[LabelledSentence]) -> tuple[MarkedSentence, ...]:
        if not sentences:
            return ()
        _, hits = self._gazetteer.find(mask_markup(sentences[0].source[:READ_LIMIT]), "")
        marked: list[MarkedSentence] = []
        position = 0
        for sentence in sentences:
            start, end = sentence.sentence.start, sentence.sentence.end
            if start >= READ_LIMIT:
                break
            while position < len(hits) and hits[position].start < start:
                position += 1
            first = position
            while position < len(hits) and hits[position].start < end:
                position += 1
            marks = tuple((hit, self._bits[hit.name]) for hit in hits[first:position] if hit.end <= end)
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
