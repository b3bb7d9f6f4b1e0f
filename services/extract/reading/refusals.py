"""Why a name found in a story does not count: one answer for the verdict and for who asks why. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from services.extract.gazetteer import Hit
from services.extract.rules.entities import Entity
from services.extract.rules.terms import TermKind

Refusal = Literal["guard", "negative", "requires", "blocked", "acronym", "surname", "other_name", "not_tied"]
"""A longer word that means something else; an entry that only keeps others apart; the words that an entity
asks for are missing; a word that rules it out is there; the same two for an acronym and a surname; a surname
that goes on into somebody's given name; nothing ties it to the North."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What of a document decides about its names: its folded words, and whom two of them must mean.

    `weak_is_kp` is whether "Kim" and "the Koreans" are the North's, `north_is_kp` whether "the North" is.
    """

    document: str
    weak_is_kp: bool
    north_is_kp: bool


def context_of(
    document: str, readings: Iterable[tuple[TermKind, str]], entities: Mapping[str, Entity]
) -> Context:
    """The context of a folded document; `readings` are kind and name of every hit in its own sentences."""
    present = _sides(readings, entities)
    return Context(
        document=document,
        weak_is_kp=_weak_resolves(present),
        north_is_kp=bool(present & {"KP", "KR"}),
    )


def refusal_of(hit: Hit, raw: str, entity: Entity | None, context: Context) -> Refusal | None:
    """Why a hit in `raw` does not count, None where it counts; `entity` is the one it names."""
    if hit.kind == "guard":
        return "guard"
    if entity is not None:
        return _unfit(entity, raw[hit.start : hit.end], context.document)
    if hit.name == "KW":
        if _is_other_name(raw, hit):
            return "other_name"
        return None if context.weak_is_kp else "not_tied"
    return "not_tied" if hit.name == "KN" and not context.north_is_kp else None


def _sides(readings: Iterable[tuple[TermKind, str]], entities: Mapping[str, Entity]) -> set[str]:
    sides: set[str] = set()
    for kind, name in readings:
        if kind == "side":
            sides.add(name)
        elif kind == "entity":
            entity = entities[name]
            sides.add("NEG" if entity.is_negative else entity.side or "")
    return sides


def _weak_resolves(present: set[str]) -> bool:
    """Whether "Kim" or "the Koreans" can only mean the North's.

    So it is where the North is named elsewhere; else beside Ukraine, or Russia without the South, unless
    somebody else of that name is near.
    """
    if "KP" in present or "DYAD" in present:
        return True
    return "NEG" not in present and ("UA" in present or ("RU" in present and "KR" not in present))


def _is_other_name(raw: str, hit: Hit) -> bool:
    """Whether the surname goes on into somebody's hyphenated given name, as in "Kim Keon-hee"."""
    rest = raw[hit.end : hit.end + 20]
    given = rest.lstrip(" ").split(" ", 1)[0] if rest[:1] == " " else ""
    return "-" in given and given[:1].isupper()


def _unfit(entity: Entity, found: str, document: str) -> Refusal | None:
    if entity.is_negative:
        return "negative"
    if entity.requires and not any(word in document for word in entity.requires):
        return "requires"
    if any(word in document for word in entity.blocked_by):
        return "blocked"
    if found.isupper() and found.isascii() and entity.acronym_requires:
        return None if any(word in document for word in entity.acronym_requires) else "acronym"
    if entity.surnames and found.lower() in entity.surnames:
        is_full = document.count(f" {found.lower()}") > 0 and entity.name.lower() in document
        return None if is_full else "surname"
    return None
