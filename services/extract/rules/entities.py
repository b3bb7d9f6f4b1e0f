"""The gazetteer's entries and the terms by which they are found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.extract.reading.folding import fold_term
from services.extract.rules.mistakes import likely
from services.extract.rules.nodes import LexiconNode
from services.extract.rules.terms import Term, is_spaceless

_REQUIRED = frozenset({"id", "type", "name", "aliases"})
_OPTIONAL = frozenset({"country", "qid", "qid_status", "match", "note", "negative", "side"})
_MATCH = frozenset(
    {
        "requires_context",
        "negative_context",
        "negative_substrings",
        "bare_surname",
        "acronym_requires",
        "acronym_banned",
        "headline_abbrev",
        "stems",
        "bare_north_requires",
    }
)
_SIDE_TYPES = frozenset({"person", "organisation", "place", "unit"})
_TYPES = _SIDE_TYPES | {"weapon", "vessel", "document", "concept"}
_COUNTRY = re.compile("[A-Z]{2}")
_QID = re.compile("Q[1-9][0-9]*")
_CYRILLIC_VOWEL = re.compile("[аеиоуыэюяйьіїєґ]$")
_CYRILLIC_WORD = re.compile("[а-яіїєґ]{4,}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An entry of the gazetteer. `side` is the country it speaks or stands for, None for relays and things.

    `requires`, `blocked_by` and `acronym_requires` are folded words looked for in the whole document;
    `surnames` are folded one-word aliases that count only where a full name stands in the document.
    """

    id: str
    name: str
    type: str
    qid: str | None
    side: str | None
    requires: tuple[str, ...]
    blocked_by: tuple[str, ...]
    acronym_requires: tuple[str, ...]
    surnames: frozenset[str]

    @property
    def is_negative(self) -> bool:
        """Whether the entry exists only to keep its words from being taken for somebody else."""
        return self.id.startswith("NEG-")


def read_entities(root: LexiconNode) -> tuple[dict[str, Entity], tuple[Term, ...]]:
    """The gazetteer's entities by id, and their terms."""
    fields = root.fields(frozenset({"version", "entries"}), frozenset({"compiled", "qid_legend", "usage"}))
    entities: dict[str, Entity] = {}
    terms: list[Term] = []
    for node in fields["entries"].sequence():
        with node.tolerated():
            entry = node.fields(_REQUIRED, _OPTIONAL)
            entity = _read_entity(entry)
            if entity.id in entities:
                entry["id"].fail(f"{entity.id!r} stands twice")
            entities[entity.id] = entity
            terms.extend(_terms(entity, entry))
    return entities, tuple(dict.fromkeys(terms))


def _read_entity(entry: dict[str, LexiconNode]) -> Entity:
    match = entry["match"].fields(frozenset(), _MATCH) if "match" in entry else {}
    country = entry["country"].text_or_none() if "country" in entry else None
    kind = entry["type"].text()
    if kind not in _TYPES:
        entry["type"].note(f"unknown type {kind!r}; {likely(kind, _TYPES)}")
    for name, form, example in (("country", _COUNTRY, "KP"), ("side", _COUNTRY, "KP"), ("qid", _QID, "Q423")):
        if name in entry and (written := entry[name].text_or_none()) and not form.fullmatch(written):
            entry[name].note(f"{written!r} is no {name}; expected something like {example}, or null")
    side = entry["side"].text_or_none() if "side" in entry else country if kind in _SIDE_TYPES else None
    singles = {
        fold_term(alias)
        for aliases in entry["aliases"].by_language().values()
        for alias in aliases
        if " " not in alias
    }
    return Entity(
        id=entry["id"].text(),
        name=entry["name"].text(),
        type=kind,
        qid=entry["qid"].text_or_none() if "qid" in entry else None,
        side=side,
        requires=_folded(match, "requires_context"),
        blocked_by=_folded(match, "negative_context"),
        acronym_requires=_folded(match, "acronym_requires"),
        surnames=frozenset(singles) if "bare_surname" in match else frozenset(),
    )


def _folded(match: dict[str, LexiconNode], name: str) -> tuple[str, ...]:
    return tuple(fold_term(word) for word in match[name].texts()) if name in match else ()


def _terms(entity: Entity, entry: dict[str, LexiconNode]) -> Iterator[Term]:
    match = entry["match"].mapping() if "match" in entry else {}
    banned = frozenset(match["acronym_banned"].texts()) if "acronym_banned" in match else frozenset()
    for aliases in entry["aliases"].by_language().values():
        for alias in aliases:
            if alias not in banned:
                yield _term(entity.id, alias)
    if "negative_substrings" in match:
        for words in match["negative_substrings"].by_language().values():
            for word in words:
                yield Term(surface=fold_term(word), kind="guard", name="guard", right="any")


def _term(entity_id: str, alias: str) -> Term:
    folded = fold_term(alias)
    if is_spaceless(folded):
        return Term(surface=folded, kind="entity", name=entity_id, right="any")
    if _CYRILLIC_WORD.search(folded):
        stem = _CYRILLIC_VOWEL.sub("", folded)
        capital = alias[0].isupper() and len(stem) <= 4
        return Term(surface=stem, kind="entity", name=entity_id, right="ending", left=True, capital=capital)
    exact = alias if alias.isupper() and len(alias) <= 6 else ""
    return Term(
        surface=folded,
        kind="entity",
        name=entity_id,
        right="word",
        left=True,
        capital=alias[0].isupper(),
        exact=exact,
    )
