"""How the sides and the cues of one sentence stand to each other: side by side, and who gives to whom."""

import re
from collections.abc import Mapping
from itertools import product

from services.extract.gazetteer import Hit

_ADJACENT = 6
_LIMIT = 12
_TOUCHING = (("troops", "kp_troops"), ("arms", "kp_arms"), ("pow", "kp_pow"))
_LISTABLE = ("KP", "RU", "CN", "IR")
_BETWEEN_LISTED = re.compile(
    r"\w{0,4}(?:[\s,·・、/]|and\b|or\b|und\b|och\b|oraz\b|i\b|и\b|та\b|і\b|й\b|[和与とや]|및|와|과)*"
)
_RECIPIENT = ("에", "に", "對", "向")


def derive(names: Mapping[str, list[Hit]], raw: str) -> tuple[str, ...]:
    """The labels of one sentence that come from how its others stand to each other."""
    if "KP" not in names:
        return ()
    derived: list[str] = []
    for cue, label in _TOUCHING:
        if any(
            _touch(side, thing, raw)
            for side, thing in product(names["KP"][:_LIMIT], names.get(cue, [])[:_LIMIT])
        ):
            derived.append(label)
    if _is_listed(names, raw):
        derived.append("listed_only")
    if "RU" not in names:
        return tuple(derived)
    derived.append("two_sided")
    forward, backward = _directions(names, raw)
    if forward:
        derived.append("kp_to_ru")
    if backward:
        derived.append("ru_to_kp")
    return tuple(derived)


def _touch(side: Hit, thing: Hit, raw: str) -> bool:
    """Whether the two stand side by side, as in "North Korean troops" or "солдаты из КНДР"."""
    first, second = (side, thing) if side.start <= thing.start else (thing, side)
    gap = second.start - first.end
    return gap <= _ADJACENT and not (gap > 0 and any(c in ",;:" for c in raw[first.end : second.start]))


def _is_listed(names: Mapping[str, list[Hit]], raw: str) -> bool:
    """Whether North Korea is named only in lists of three or more, as in "China, Iran and North Korea"."""
    states = sorted((hit.start, hit.end, name) for name in _LISTABLE for hit in names.get(name, [])[:_LIMIT])
    if len({name for _, _, name in states}) < 3:
        return False
    lists: list[list[tuple[int, int, str]]] = []
    for state in states:
        if lists and _BETWEEN_LISTED.fullmatch(raw, lists[-1][-1][1], max(state[0], lists[-1][-1][1])):
            lists[-1].append(state)
        else:
            lists.append([state])
    return all(
        len({name for _, _, name in one}) >= 3 for one in lists if any(name == "KP" for _, _, name in one)
    )


def _directions(names: Mapping[str, list[Hit]], raw: str) -> tuple[bool, bool]:
    """Whether something goes from North Korea to Russia, and the other way."""
    north, russia = names["KP"][:_LIMIT], names["RU"][:_LIMIT]
    gives, takes = names.get("transfer", [])[:_LIMIT], names.get("acquire", [])[:_LIMIT]
    forward = _in_order(north, gives, russia) or _in_order(russia, takes, north)
    backward = _in_order(russia, gives, north) or _in_order(north, takes, russia)
    if gives:
        forward = forward or _receives(russia, raw)
        backward = backward or _receives(north, raw)
    return forward, backward


def _in_order(subject: list[Hit], verb: list[Hit], recipient: list[Hit]) -> bool:
    return any(
        one.end <= act.start and act.end <= other.start
        for one, act, other in product(subject, verb, recipient)
    )


def _receives(side: list[Hit], raw: str) -> bool:
    """Whether a particle marks the side as the one that gets something."""
    return any(
        raw[hit.end : hit.end + 1] in _RECIPIENT and raw[hit.end : hit.end + 2] != "에서"
        for hit in side
        if hit.end < len(raw)
    )
