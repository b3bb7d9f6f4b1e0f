"""What would have made an irrelevant story relevant, in words; each "would" is tried out on the model."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from services.extract.explaining.label_words import listed, meaning, names_in, signed
from services.extract.reading.labels import IN_CONTEXT, LabelledSentence, LabelledStory, labels_of
from services.extract.relevance import Judge, Relevance
from services.extract.rules.lexicon import Lexicon
from services.extract.rules.watch import SIDES
from shared.model.explanation import Rejected

_MOST_TRIED: Final = 4
_MOST_AGAINST: Final = 3
_NOTABLE: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """A score the story would have with these labels beside what its headline has."""

    labels: tuple[str, ...]
    score: float


class Lacking:
    """Knows what the rules ask for; `of` says what of it a story does not have."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._judge = Judge(lexicon.features, lexicon.model)
        self._side_names = frozenset(term.name for term in lexicon.terms if term.kind == "side")
        self._acts = _acts(lexicon)

    def of(
        self, story: LabelledStory, relevance: Relevance, rejected: tuple[Rejected, ...]
    ) -> tuple[str, ...]:
        """Sentences for a reader; none for a relevant story."""
        if relevance.relevant:
            return ()
        return (
            *self._missing_sides(story, rejected),
            *self._not_joined(story),
            *_against(relevance),
            *self._turned_by(story, relevance),
            *self._enough(story),
        )

    def _missing_sides(self, story: LabelledStory, rejected: tuple[Rejected, ...]) -> Iterator[str]:
        for side in self._absent(labels_of(story.sentences)):
            refused = [one for one in rejected if one.side == side]
            if refused:
                # A name that says the side outright tells more than one that might be anybody's.
                best = min(refused, key=lambda one: one.place.rule in IN_CONTEXT)
                why = f"“{best.place.text}” {best.because.removeprefix('it ')}"
                yield f"{meaning(side)} is named only where it does not count: {why}."
            else:
                yield f"{meaning(side)} is not named."

    def _not_joined(self, story: LabelledStory) -> Iterator[str]:
        if self._absent(labels_of(story.sentences)):
            return
        joint = [one for one in story.sentences if not self._absent(one.labels)]
        if not joint:
            yield f"{listed(map(meaning, SIDES))} are named, but never in one sentence."
        elif not labels_of(joint) & self._mask(self._acts):
            kinds = listed([meaning(act) for act in self._acts[:6]], "or")
            yield f"No sentence that names both sides tells of an act that joins them, such as {kinds}."

    def _enough(self, story: LabelledStory) -> Iterator[str]:
        """What the headline would have to tell of, tried out."""
        place = story.title or story.text
        where = "the headline" if story.title else "the first sentence"
        if not place:
            yield "It has no words of its own."
            return
        sides = self._absent(place[0].labels)
        trials = [_Trial(labels=sides, score=self._score(story, sides))] if sides else []
        if not trials or trials[0].score < self._lexicon.model.threshold:
            trials = [
                _Trial(labels=(*sides, act), score=self._score(story, (*sides, act)))
                for act in self._acts
                if not place[0].labels & self._mask((act,))
            ]
        best = sorted(trials, key=lambda one: -one.score)[:_MOST_TRIED]
        passing = [one for one in best if one.score >= self._lexicon.model.threshold]
        if passing:
            ways = [_told(one) for one in passing]
            yield f"It would be relevant if {where} also told of {listed(ways, 'or of')}."
        elif best:
            yield f"If {where} also told of {_told(best[0])}, it would still not be relevant."

    def _turned_by(self, story: LabelledStory, relevance: Relevance) -> Iterator[str]:
        """A kind of content without which the same story would be relevant, tried out."""
        against = 0
        for one in relevance.fired:
            if one.value * one.weight < 0:
                against |= one.feature.condition.mask
        for name in names_in(against & ~self._mask(self._side_names), self._lexicon.labels):
            without = self._mask((name,))
            title, text = (
                tuple(replace(one, labels=one.labels & ~without) for one in part)
                for part in (story.title, story.text)
            )
            score = self._judged(replace(story, title=title, text=text))
            if score >= self._lexicon.model.threshold:
                yield f"Were it not for {meaning(name)}, it would be relevant ({score:.2f})."

    def _score(self, story: LabelledStory, added: Iterable[str]) -> float:
        extra = self._mask(added)
        title, text = story.title, story.text
        if title:
            title = (self._with(title[0], extra), *title[1:])
        else:
            text = (self._with(text[0], extra), *text[1:])
        return self._judged(replace(story, title=title, text=text))

    def _judged(self, story: LabelledStory) -> float:
        return self._judge.judge(story).score

    def _with(self, sentence: LabelledSentence, extra: int) -> LabelledSentence:
        labels = sentence.labels | extra
        if not self._absent(labels):
            labels |= self._mask(("two_sided",))
        return replace(sentence, labels=labels)

    def _absent(self, labels: int) -> tuple[str, ...]:
        return tuple(side for side in SIDES if not labels & self._mask((side,)))

    def _mask(self, names: Iterable[str]) -> int:
        mask = 0
        for name in names:
            mask |= 1 << self._lexicon.labels[name]
        return mask


def _acts(lexicon: Lexicon) -> tuple[str, ...]:
    """The kinds of act that speak for a story which names both sides, the weightiest first."""
    cues = {term.name for term in lexicon.terms if term.kind == "cue"}
    both = [1 << lexicon.labels[side] for side in SIDES]
    weights: dict[str, float] = {}
    for feature in lexicon.features:
        needs = feature.condition.needs
        weight = max(lexicon.model.weights.get(f"{feature.name}.{zone}", 0.0) for zone in feature.zones)
        if weight <= 0 or not all(side in needs for side in both):
            continue
        for name in names_in(feature.condition.mask, lexicon.labels):
            if name in cues:
                weights[name] = max(weights.get(name, 0.0), weight)
    return tuple(sorted(weights, key=lambda name: -weights[name]))


def _told(trial: _Trial) -> str:
    return f"{listed(map(meaning, trial.labels))} ({trial.score:.2f})"


def _against(relevance: Relevance) -> Iterator[str]:
    contributions = [(one.value * one.weight, one.name) for one in relevance.fired]
    against = sorted(one for one in contributions if one[0] <= -_NOTABLE)[:_MOST_AGAINST]
    if against:
        named = listed([f"{name} ({signed(amount)})" for amount, name in against])
        yield f"Against it {'speaks' if len(against) == 1 else 'speak'} {named}."
