"""A story read sentence by sentence: which sides and cues stand in each, and how they stand to each other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from services.extract.directions import derive
from services.extract.gazetteer import Gazetteer, Hit
from services.extract.lexicon import Lexicon
from services.extract.lexicon_entities import Entity
from services.extract.sections import OWN_SECTIONS, SectionedText, Sentence, read_text, read_title
from shared.model.tag import Evidence

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
    """The story's own sentences, title and text apart, in order."""

    title: tuple[LabelledSentence, ...]
    text: tuple[LabelledSentence, ...]

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
        self._labels = lexicon.labels
        self._entities = lexicon.entities
        self._gazetteer = Gazetteer(lexicon)

    def read(self, title: str, text: str, language: str) -> LabelledStory:
        """The story labelled; what a name means in it is decided by the whole document."""
        parts = (self._part(title, read_title(title), language), self._part(text, read_text(text), language))
        document = f"{parts[0].folded}\n{parts[1].folded}"
        grouped = [list(_by_sentence(part)) for part in parts]
        present = {name for group in grouped for _, hits in group for name in self._sides(hits)}
        weak_is_kp = _weak_resolves(present)
        context = _Context(document=document, weak_is_kp=weak_is_kp, north_is_kp=bool(present & {"KP", "KR"}))
        first, second = (
            tuple(self._labelled(part.raw, sentence, hits, context) for sentence, hits in group)
            for part, group in zip(parts, grouped, strict=True)
        )
        return LabelledStory(title=self._mark_no_text(first) if not second else first, text=second)

    def _part(self, raw: str, sectioned: SectionedText, language: str) -> _Part:
        folded, hits = self._gazetteer.find(sectioned.masked, language)
        return _Part(raw=raw, sectioned=sectioned, hits=hits, folded=folded.text)

    def _sides(self, hits: tuple[Hit, ...]) -> Iterator[str]:
        for hit in hits:
            if hit.kind == "side":
                yield hit.name
            elif hit.kind == "entity":
                entity = self._entities[hit.name]
                yield "NEG" if entity.is_negative else entity.side or ""

    def _labelled(
        self, raw: str, sentence: Sentence, hits: tuple[Hit, ...], context: "_Context"
    ) -> LabelledSentence:
        kept: list[Hit] = []
        names: dict[str, list[Hit]] = {}
        for hit in hits:
            name = self._resolve(hit, raw, context)
            if name is None:
                continue
            kept.append(hit)
            if name in self._labels:
                names.setdefault(name, []).append(hit)
        if "DYAD" in names:
            names.setdefault("KP", []).extend(names["DYAD"])
            names.setdefault("RU", []).extend(names["DYAD"])
        labelled = [(hit, 1 << self._labels[name]) for name, found in names.items() for hit in found]
        labels = 0
        item = ("item",) if names and _begins_item(raw, sentence) else ()
        for name in (*names, *derive(names, raw), *item):
            labels |= 1 << self._labels[name]
        labelled.sort()
        return LabelledSentence(
            source=raw, sentence=sentence, hits=tuple(kept), labelled=tuple(labelled), labels=labels
        )

    def _resolve(self, hit: Hit, raw: str, context: "_Context") -> str | None:
        """The label a hit gives in this document, "" for none, None when it must not count at all."""
        if hit.kind == "guard":
            return None
        if hit.kind == "entity":
            entity = self._entities[hit.name]
            found = (hit.name, raw[hit.start : hit.end])
            if found not in context.fits:
                context.fits[found] = not entity.is_negative and _fits(entity, found[1], context.document)
            return (entity.side or "") if context.fits[found] else None
        if hit.name == "KW":
            return "KP" if context.weak_is_kp and not _is_other_name(raw, hit) else None
        if hit.name == "KN":
            return "KP" if context.north_is_kp else None
        return hit.name

    def _mark_no_text(self, sentences: tuple[LabelledSentence, ...]) -> tuple[LabelledSentence, ...]:
        bit = 1 << self._labels["no_text"]
        return tuple(replace(sentence, labels=sentence.labels | bit) for sentence in sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    document: str
    weak_is_kp: bool
    north_is_kp: bool
    fits: dict[tuple[str, str], bool] = field(default_factory=dict)


def _weak_resolves(present: set[str]) -> bool:
    """Whether "Kim" or "the Koreans" can only mean the North's.

    So it is where the North is named elsewhere; else beside Ukraine, or Russia without the South, unless
    somebody else of that name is near.
    """
    if "KP" in present or "DYAD" in present:
        return True
    return "NEG" not in present and ("UA" in present or ("RU" in present and "KR" not in present))


def _begins_item(raw: str, sentence: Sentence) -> bool:
    """Whether a list mark opens the sentence, so that it stands for itself."""
    return raw[sentence.start : min(sentence.end, sentence.start + 4)].lstrip(" \t\n*")[:1] in _ITEM_MARKS


def _is_other_name(raw: str, hit: Hit) -> bool:
    """Whether the surname goes on into somebody's hyphenated given name, as in "Kim Keon-hee"."""
    rest = raw[hit.end : hit.end + 20]
    given = rest.lstrip(" ").split(" ", 1)[0] if rest[:1] == " " else ""
    return "-" in given and given[:1].isupper()


def _fits(entity: Entity, found: str, document: str) -> bool:
    if entity.requires and not any(word in document for word in entity.requires):
        return False
    if any(word in document for word in entity.blocked_by):
        return False
    if found.isupper() and found.isascii() and entity.acronym_requires:
        return any(word in document for word in entity.acronym_requires)
    if entity.surnames and found.lower() in entity.surnames:
        return document.count(f" {found.lower()}") > 0 and entity.name.lower() in document
    return True


def _by_sentence(part: _Part) -> Iterator[tuple[Sentence, tuple[Hit, ...]]]:
    """The story's own sentences with the hits that lie in them."""
    position = 0
    hits = part.hits
    for sentence in part.sectioned.sentences:
        while position < len(hits) and hits[position].start < sentence.start:
            position += 1
        first = position
        while position < len(hits) and hits[position].start < sentence.end:
            position += 1
        if sentence.section in OWN_SECTIONS:
            yield sentence, tuple(hit for hit in hits[first:position] if hit.end <= sentence.end)
