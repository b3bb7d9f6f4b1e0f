"""Words of a story that looked like a side or an entity and do not count, each with the reason."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from services.extract.gazetteer import Gazetteer, Hit
from services.extract.label_words import SECTION_WORDS, meaning
from services.extract.labels import LabelledSentence, LabelledStory
from services.extract.lexicon import Lexicon
from services.extract.lexicon_entities import Entity
from services.extract.passages import Part
from services.extract.sections import OWN_SECTIONS, Sentence
from shared.model.explanation import Rejected
from shared.model.tag import Evidence

_MOST_TOLD: Final = 30
_MOST_WORDS: Final = 5
IN_CONTEXT: Final = {"KW": "KP", "KN": "KP"}
"""Labels that stand for a side only where the rest of the story allows it."""
_NOT_BORNE_OUT: Final = "it is not borne out by the rest of the story"


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
        document = "\n".join(folded.text for folded, _ in found)
        counts: Counter[tuple[str, str, str]] = Counter()
        first: dict[tuple[str, str, str], _Candidate] = {}
        for part, (_, hits), sentences in zip(parts, found, (story.title, story.text), strict=True):
            for candidate in self._among(part, hits, sentences, document, language):
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
        document: str,
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
            because = self._because(hit, part, sentence, document)
            if name is not None and because is not None:
                yield _Candidate(_place(part, hit, sentence, name), because)

    def _because(self, hit: Hit, part: Part, sentence: Sentence | None, document: str) -> str | None:
        """Why it does not count, None when that would tell a reader nothing."""
        words = part.raw[hit.start : hit.end]
        if sentence is None:
            return "it runs across the end of a sentence"
        if sentence.section not in OWN_SECTIONS:
            is_side = hit.kind == "side" or (hit.kind == "entity" and self._entities[hit.name].side)
            return f"it stands in {SECTION_WORDS[sentence.section]}" if is_side else None
        if hit.kind == "guard":
            return "it is a longer word that means something else"
        if hit.kind == "entity":
            return _unfit(self._entities[hit.name], words, document)
        if hit.name in IN_CONTEXT:
            return "it may be anybody's, for nothing else in the story ties it to North Korea"
        return _NOT_BORNE_OUT

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


def _unfit(entity: Entity, words: str, document: str) -> str:
    """Which of an entity's conditions the document does not meet."""
    if entity.is_negative:
        return "it is listed only to keep it from being taken for another"
    if entity.requires and not any(word in document for word in entity.requires):
        return f"it counts only beside {_some(entity.requires)}"
    blockers = [word for word in entity.blocked_by if word in document]
    if blockers:
        return f"it does not count where the story also says {_some(blockers)}"
    if words.isupper() and words.isascii() and entity.acronym_requires:
        return f"it is an acronym that counts only beside {_some(entity.acronym_requires)}"
    if entity.surnames and words.lower() in entity.surnames:
        return f"it is a surname, which counts only where the story gives the full name, {entity.name}"
    return _NOT_BORNE_OUT


def _some(words: Iterable[str]) -> str:
    quoted = [f"“{word.strip()}”" for word in words]
    return ", ".join(quoted[:_MOST_WORDS]) + (", …" if len(quoted) > _MOST_WORDS else "")
