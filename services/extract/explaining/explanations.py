"""Explains a verdict: reads the story as the tagger does, and tells everything for and against it."""

from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from services.extract.explaining.label_words import meaning, written
from services.extract.explaining.lacking import Lacking
from services.extract.explaining.passages import parts_of, passages_left_out, sections_read, unread
from services.extract.explaining.rejections import Rejections
from services.extract.reading.labels import LabelledStory
from services.extract.relevance import Fired
from services.extract.rules.lexicon import FOLDER
from services.extract.tagger import Tagger
from shared.model.explanation import (
    CategoryFound,
    Explanation,
    FeatureFired,
    LabelFound,
    StoredVerdict,
    Verdict,
)
from shared.model.tag import EntityMention, Evidence, Tags

_MOST_PLACES: Final = 8
_MOST_SENTENCES: Final = 3
_TITLE: Final = 2_000


class Explainer:
    """Says why a tagger judges as it does; immutable once made. Loading takes about a second."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self._lexicon = lexicon = tagger.lexicon
        self._rejections = Rejections(lexicon)
        self._lacking = Lacking(lexicon)
        self._sides = frozenset(term.name for term in lexicon.terms if term.kind == "side")

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "Explainer":
        """With the lexicon in `folder`; LexiconError names the file and line of each mistake in it."""
        return cls(Tagger.load(folder))

    def explain(
        self,
        *,
        title: str,
        text: str,
        language: str | None = None,
        story_id: str = "",
        published_at: datetime | None = None,
        outlet: str | None = None,
        stored: StoredVerdict | None = None,
    ) -> Explanation:
        """All for and against the story, the same for the same words; parameters as in `Tagger.tag`."""
        tags = self._tagger.tag(
            title=title,
            text=text,
            language=language,
            story_id=story_id,
            published_at=published_at,
            outlet=outlet,
        )
        story = self._tagger.read(title=title, text=text, language=language)
        relevance = self._tagger.judge(story)
        parts = parts_of(title, text)
        rejected, rejected_count = self._rejections.of(story, parts, tags.language)
        left_out, left_out_count = passages_left_out(parts[1])
        model = self._lexicon.model
        return Explanation(
            story_id=story_id,
            title=title[:_TITLE],
            language=tags.language,
            verdict=verdict_of(tags),
            stored=stored,
            passing=model.passing,
            threshold=model.threshold,
            core=model.core,
            bias=model.bias,
            sections=sections_read(parts),
            left_out=left_out,
            left_out_count=left_out_count,
            unread=unread(text),
            labels=self._labels(story),
            entities=tuple(map(_bounded, tags.entities)),
            features=tuple(map(self._feature, relevance.fired)),
            rejected=rejected,
            rejected_count=rejected_count,
            categories=_categories(tags),
            lacking=self._lacking.of(story, relevance, rejected),
        )

    def _labels(self, story: LabelledStory) -> tuple[LabelFound, ...]:
        """The sides found, then the acts, each in order of the lexicon."""
        names = tuple(self._lexicon.labels)
        found: dict[str, list[Evidence]] = {}
        for sentence in story.sentences:
            for hit, label in sentence.labelled:
                name = names[label.bit_length() - 1]
                _put(found.setdefault(name, []), sentence.evidence(hit, f"label.{name}"))
        return tuple(
            LabelFound(
                label=name,
                meaning=meaning(name),
                is_side=name in self._sides,
                count=len(found[name]),
                places=tuple(found[name][:_MOST_PLACES]),
            )
            for name in sorted(found, key=lambda name: (name not in self._sides, names.index(name)))
        )

    def _feature(self, fired: Fired) -> FeatureFired:
        feature, _, zone = fired.name.rpartition(".")
        return FeatureFired(
            feature=feature,
            zone=zone,
            when=written(fired.feature.condition, self._lexicon.labels),
            value=round(fired.value, 4),
            weight=fired.weight,
            contribution=round(fired.value * fired.weight, 4),
            evidence=_evidence(fired),
        )


def verdict_of(tags: Tags) -> Verdict:
    """The verdict without its evidence."""
    return Verdict(
        relevant=tags.relevant,
        score=tags.score,
        tier=tags.tier,
        categories=tags.categories,
        version=tags.version,
    )


def _evidence(fired: Fired) -> tuple[Evidence, ...]:
    """The words by which a feature holds, in the first sentences it holds in."""
    mask = fired.feature.condition.mask
    places: list[Evidence] = []
    for sentence in islice(fired.sentences, _MOST_SENTENCES):
        for hit, label in sentence.labelled:
            if mask & label:
                _put(places, sentence.evidence(hit, f"relevance.{fired.name}"))
    return tuple(places[:_MOST_PLACES])


def _put(places: list[Evidence], place: Evidence) -> None:
    """Of places that come in order, one inside the one before is dropped; one around it takes its place."""
    if places and places[-1].section == place.section:
        last = places[-1]
        if last.start <= place.start and place.end <= last.end:
            return
        if place.start <= last.start and last.end <= place.end:
            places.pop()
    places.append(place)


def _categories(tags: Tags) -> tuple[CategoryFound, ...]:
    return tuple(
        CategoryFound(
            id=category,
            evidence=tuple(one for one in tags.evidence if one.rule == f"category.{category}"),
        )
        for category in tags.categories
    )


def _bounded(entity: EntityMention) -> EntityMention:
    return EntityMention(
        id=entity.id,
        name=entity.name,
        type=entity.type,
        qid=entity.qid,
        mentions=entity.mentions[:_MOST_PLACES],
    )
