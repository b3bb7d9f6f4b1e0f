"""A story read sentence by sentence: which sides and cues stand in each, and how they stand to each other."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.extract.gazetteer import Gazetteer, Hit
from services.extract.reading.directions import derive
from services.extract.reading.refusals import Context, Refusal, context_of, refusal_of
from services.extract.rules.lexicon import Lexicon
from services.extract.sections import OWN_SECTIONS, SectionedText, Sentence, read_text, read_title
from shared.model.tag import Evidence

IN_CONTEXT = {"KW": "KP", "KN": "KP"}
"""Labels that stand for a side only where the rest of the story allows it."""
_Refused = dict[tuple[str, str], Refusal | None]
"""What became of each entity under each of its names: nothing but the document decides that."""
_ITEM_MARKS = frozenset("—–-•▪●■◆▶►→📍📌🔴🔹🔸⚡❗✅")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSentence:
    """A sentence of the story's own text with its hits, those that give it labels, and its labels.

    Labels are bit masks. A dyad word gives both sides beside itself.
    """

    source: str
    sentence: Sentence
    hits: tuple[Hit, ...]
    labelled: tuple[tuple[Hit, int], ...]
    labels: int

    def evidence(self, hit: Hit, rule: str) -> Evidence:
        """The words of a hit in this sentence, as evidence that `rule` found."""
        return Evidence(
            text=self.source[hit.start : hit.end],
            start=hit.start,
            end=hit.end,
            section=self.sentence.section,
            rule=rule,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledStory:
    """The story's own sentences, title and text apart, in order, and the language they were read in."""

    title: tuple[LabelledSentence, ...]
    text: tuple[LabelledSentence, ...]
    language: str

    @property
    def sentences(self) -> tuple[LabelledSentence, ...]:
        """Those of the title, then those of the text."""
        return (*self.title, *self.text)


def labels_of(sentences: Iterable[LabelledSentence]) -> int:
    """The labels that any of these sentences has."""
    labels = 0
    for sentence in sentences:
        labels |= sentence.labels
    return labels


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    raw: str
    sectioned: SectionedText
    hits: list[Hit]
    folded: str


class Reader:
    """Turns title and text into labelled sentences."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._bits = {name: 1 << bit for name, bit in lexicon.labels.items()}
        self._entities = lexicon.entities
        self._sure = _sure(lexicon)
        self._gazetteer = Gazetteer(lexicon)

    def read(self, title: str, text: str, language: str) -> LabelledStory:
        """The story labelled; what a name means in it is decided by the whole document."""
        parts = (self._part(title, read_title(title), language), self._part(text, read_text(text), language))
        document = f"{parts[0].folded}\n{parts[1].folded}"
        grouped = [list(_by_sentence(part)) for part in parts]
        readings = {(hit.kind, hit.name) for group in grouped for _, hits in group for hit in hits}
        context = context_of(document, readings, self._entities)
        refused: _Refused = {}
        first, second = (
            tuple(self._labelled(part.raw, sentence, hits, context, refused) for sentence, hits in group)
            for part, group in zip(parts, grouped, strict=True)
        )
        headline = self._mark_no_text(first) if not second else first
        return LabelledStory(title=headline, text=second, language=language)

    def _part(self, raw: str, sectioned: SectionedText, language: str) -> _Part:
        folded, hits = self._gazetteer.find(sectioned.masked, language)
        return _Part(raw=raw, sectioned=sectioned, hits=hits, folded=folded.text)

    def _labelled(
        self, raw: str, sentence: Sentence, hits: list[Hit], context: Context, refused: _Refused
    ) -> LabelledSentence:
        if not hits:
            return LabelledSentence(source=raw, sentence=sentence, hits=(), labelled=(), labels=0)
        kept: list[Hit] = []
        names: dict[str, list[Hit]] = {}
        labelled: list[tuple[Hit, int]] = []
        bits, sure = self._bits, self._sure
        for hit in hits:
            name = sure.get(hit.name) or self._resolve(hit, raw, context, refused)
            if name is None:
                continue
            kept.append(hit)
            if name in bits:
                labelled.append((hit, bits[name]))
                if name in names:
                    names[name].append(hit)
                else:
                    names[name] = [hit]
        for side in ("KP", "RU") if "DYAD" in names else ():
            names.setdefault(side, []).extend(names["DYAD"])
            labelled.extend([(hit, bits[side]) for hit in names["DYAD"]])
        labelled.sort()
        labels = 0
        item = ("item",) if names and _begins_item(raw, sentence) else ()
        for name in (*names, *derive(names, raw), *item):
            labels |= bits[name]
        return LabelledSentence(
            source=raw, sentence=sentence, hits=tuple(kept), labelled=tuple(labelled), labels=labels
        )

    def _resolve(self, hit: Hit, raw: str, context: Context, refused: _Refused) -> str | None:
        """The label a hit gives in this document, "" for none, None when it must not count at all."""
        entity = self._entities[hit.name] if hit.kind == "entity" else None
        if entity is None:
            return None if refusal_of(hit, raw, None, context) else IN_CONTEXT.get(hit.name, hit.name)
        found = (hit.name, raw[hit.start : hit.end])
        if found not in refused:
            refused[found] = refusal_of(hit, raw, entity, context)
        return None if refused[found] else entity.side or ""

    def _mark_no_text(self, sentences: tuple[LabelledSentence, ...]) -> tuple[LabelledSentence, ...]:
        bit = self._bits["no_text"]
        return tuple(replace(sentence, labels=sentence.labels | bit) for sentence in sentences)


def _begins_item(raw: str, sentence: Sentence) -> bool:
    """Whether a list mark opens the sentence, so that it stands for itself."""
    return raw[sentence.start : min(sentence.end, sentence.start + 4)].lstrip(" \t\n*")[:1] in _ITEM_MARKS


def _sure(lexicon: Lexicon) -> dict[str, str]:
    """The label of each name that gives one wherever it stands: a side, a cue, an entity on no condition."""
    sure = {name: name for name in lexicon.labels if name not in IN_CONTEXT and name != "guard"}
    for name, one in lexicon.entities.items():
        conditions = (one.requires, one.blocked_by, one.acronym_requires, one.surnames)
        if not one.is_negative and one.side and not any(conditions):
            sure[name] = one.side
    return sure


def _by_sentence(part: _Part) -> Iterator[tuple[Sentence, list[Hit]]]:
    """The story's own sentences with the hits that lie in them."""
    position = 0
    hits = part.hits
    starts = [hit.start for hit in hits]
    for sentence in part.sectioned.sentences:
        first = bisect_left(starts, sentence.start, position)
        position = bisect_left(starts, sentence.end, first)
        if sentence.section in OWN_SECTIONS:
            yield sentence, [hit for hit in hits[first:position] if hit.end <= sentence.end]
