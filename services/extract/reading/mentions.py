"""Entities of a story with every place they stand."""

from collections.abc import Mapping

from services.extract.reading.labels import LabelledStory
from services.extract.rules.entities import Entity
from shared.model.tag import EntityMention, Evidence

_MENTION_LIMIT = 50


def entity_mentions(story: LabelledStory, entities: Mapping[str, Entity]) -> tuple[EntityMention, ...]:
    """The entities of the story's own text in order of first mention; at most 50 places are kept for each."""
    places: dict[str, dict[tuple[bool, int, int], Evidence]] = {}
    for sentence in story.sentences:
        is_title = sentence.sentence.section == "title"
        for hit in sentence.hits:
            if hit.kind == "entity":
                found = places.setdefault(hit.name, {})
                place = (is_title, hit.start, hit.end)
                if len(found) < _MENTION_LIMIT and place not in found:
                    found[place] = sentence.evidence(hit, f"gazetteer.{hit.name}")
    return tuple(_mention(entities[name], tuple(found.values())) for name, found in places.items())


def _mention(entity: Entity, mentions: tuple[Evidence, ...]) -> EntityMention:
    return EntityMention(id=entity.id, name=entity.name, type=entity.type, qid=entity.qid, mentions=mentions)
