"""Words of a story that looked like a side or an entity and do not count, each with the reason."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from services.extract.explaining.label_words import SECTION_WORDS, meaning, quoted
from services.extract.explaining.passages import Part
from services.extract.gazetteer import Gazetteer, Hit
from services.extract.reading.folding import Folded
from services.extract.reading.labels import IN_CONTEXT, LabelledSentence, LabelledStory
from services.extract.reading.refusals import Context, Refusal, context_of, refusal_of
from services.extract.rules.entities import Entity
from services.extract.rules.lexicon import Lexicon
from services.extract.sections import OWN_SECTIONS, Sentence
from shared.model.explanation import Rejected
from shared.model.tag import Evidence

_MOST_TOLD: Final = 30
_MOST_WORDS: Final = 5
_REASONS: Final[Mapping[Refusal, str]] = {
    "guard": "it is a longer word that means something else",
    "negative": "it is listed only to keep it from being taken for another",
    "other_name": "it is the surname of somebody else, whose given name follows it",
    "not_tied": "it may be anybody's, for nothing else in the story ties it to North Korea",
}


class _Candidate(NamedTuple):
    place: Evidence
    because: str


class Rejections:
    """Finds them by reading a story again and asking what became of each word of the lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._entities = lexicon.entities
        self._gazetteer = Gazetteer(lexicon)
        unguarded = tuple(term for term in lexicon.terms if term.kind != "guard")
        self._unguarded = Gazetteer(replace(lexicon, terms=unguarded))

    def of(
        self, story: LabelledStory, parts: tuple[Part, Part], language: str
    ) -> tuple[tuple[Rejected, ...], int]:
        """The first of them in order of appearance, those alike as one, and how many kinds there are."""
        found = [self._gazetteer.find(part.sectioned.masked, language) for part in parts]
        context = self._context(parts, found)
        counts: Counter[tuple[str, str, str]] = Counter()
        first: dict[tuple[str, str, str], _Candidate] = {}
        for part, (_, hits), sentences in zip(parts, found, (story.title, story.text), strict=True):
            for candidate in self._among(part, hits, sentences, context, language):
                kind = (candidate.place.text.casefold(), candidate.place.section, candidate.because)
                first.setdefault(kind, candidate)
                counts[kind] += 1
        told = list(first.items())[:_MOST_TOLD]
        return tuple(self._rejected(one, counts[kind]) for kind, one in told), len(first)

    def _rejected(self, candidate: _Candidate, count: int) -> Rejected:
        name = candidate.place.rule
        entity = self._entities.get(name)
        side = IN_CONTEXT.get(name, name) if entity is None else entity.side
        return Rejected(
            place=candidate.place,
            meaning=entity.name if entity else meaning(name),
            side=None if entity and entity.is_negative else side,
            because=candidate.because,
            count=count,
        )

    def _among(
        self,
        part: Part,
        hits: list[Hit],
        sentences: Iterable[LabelledSentence],
        context: Context,
        language: str,
    ) -> Iterator[_Candidate]:
        done = {(hit.start, hit.end) for sentence in sentences for hit in sentence.hits if hit.kind != "cue"}
        guarded: dict[str, str | None] = {}
        for hit in hits:
            if hit.kind == "cue" or (hit.start, hit.end) in done:
                continue
            done.add((hit.start, hit.end))
            name: str | None = hit.name
            if hit.kind == "guard":
                words = part.raw[hit.start : hit.end]
                if words not in guarded:
                    guarded[words] = self._anchor(words, language)
                name = guarded[words]
            sentence = part.sentence_at(hit.start, hit.end)
            because = self._because(hit, part, sentence, context)
            if name is not None and because is not None:
                yield _Candidate(_place(part, hit, sentence, name), because)

    def _because(self, hit: Hit, part: Part, sentence: Sentence | None, context: Context) -> str | None:
        """Why it does not count, None when that would tell a reader nothing."""
        entity = self._entities[hit.name] if hit.kind == "entity" else None
        if sentence is None:
            return "it runs across the end of a sentence"
        if sentence.section not in OWN_SECTIONS:
            is_side = hit.kind == "side" or (entity is not None and entity.side)
            return f"it stands in {SECTION_WORDS[sentence.section]}" if is_side else None
        refusal = refusal_of(hit, part.raw, entity, context)
        if refusal is None or entity is None:
            return None if refusal is None else _REASONS[refusal]
        return _unfit(refusal, entity, context.document)

    def _context(self, parts: tuple[Part, Part], found: list[tuple[Folded, list[Hit]]]) -> Context:
        """As it was when the story was judged: by what stands in its own sentences."""
        readings = {
            (hit.kind, hit.name)
            for part, (_, hits) in zip(parts, found, strict=True)
            for hit in hits
            if (sentence := part.sentence_at(hit.start, hit.end)) and sentence.section in OWN_SECTIONS
        }
        return context_of("\n".join(folded.text for folded, _ in found), readings, self._entities)

    def _anchor(self, words: str, language: str) -> str | None:
        """What a guarded word would be taken for without its guard."""
        _, hits = self._unguarded.find(words, language)
        inside = [hit for hit in hits if hit.kind in ("side", "entity")]
        return max(inside, key=lambda hit: hit.end - hit.start).name if inside else None


def _place(part: Part, hit: Hit, sentence: Sentence | None, name: str) -> Evidence:
    return Evidence(
        text=part.raw[hit.start : hit.end],
        start=hit.start,
        end=hit.end,
        section=sentence.section if sentence else "body",
        rule=name,
    )


def _unfit(refusal: Refusal, entity: Entity, document: str) -> str:
    """Which of an entity's conditions the document does not meet."""
    match refusal:
        case "requires":
            return f"it counts only beside {_some(entity.requires)}"
        case "blocked":
            blockers = (word for word in entity.blocked_by if word in document)
            return f"it does not count where the story also says {_some(blockers)}"
        case "acronym":
            return f"it is an acronym that counts only beside {_some(entity.acronym_requires)}"
        case "surname":
            return f"it is a surname, which counts only where the story gives the full name, {entity.name}"
        case _:
            return _REASONS[refusal]


def _some(words: Iterable[str]) -> str:
    return quoted((word.strip() for word in words), _MOST_WORDS)
