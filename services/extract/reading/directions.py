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
_ACTS = ("troops", "arms", "tech", "treaty", "training", "battlefield_tie")
_CLOSE = 60
_CLOSE_UNSPACED = 30
_UNSPACED = "\u3040"
_RECIPIENT = ("에", "に", "對", "向")


def derive(names: Mapping[str, list[Hit]], raw: str) -> tuple[str, ...]:
    """The labels of one sentence that come from how its others stand to each other."""
    if "KP" not in names:
        return ()
    derived: list[str] = []
    for cue, label in _TOUCHING:
        if cue in names and any(
            _touch(side, thing, raw) for side, thing in product(_places(names["KP"]), _places(names[cue]))
        ):
            derived.append(label)
    if _is_listed(names, raw):
        derived.append("listed_only")
    if "RU" not in names:
        return tuple(derived)
    derived.append("two_sided")
    if _is_close(names, raw):
        derived.append("close")
    forward, backward = _directions(names, raw)
    if forward:
        derived.append("kp_to_ru")
    if backward:
        derived.append("ru_to_kp")
    return tuple(derived)


def _places(hits: list[Hit]) -> set[tuple[int, int]]:
    """Start and end of the first of them; a name is often a side and an entity in one place."""
    return {(hit.start, hit.end) for hit in hits[:_LIMIT]}


def _touch(side: tuple[int, int], thing: tuple[int, int], raw: str) -> bool:
    """Whether the two stand side by side, as in "North Korean troops" or "солдаты из КНДР"."""
    first, second = (side, thing) if side[0] <= thing[0] else (thing, side)
    gap = second[0] - first[1]
    return gap <= _ADJACENT and not (gap > 0 and any(c in ",;:" for c in raw[first[1] : second[0]]))


def _is_listed(names: Mapping[str, list[Hit]], raw: str) -> bool:
    """Whether North Korea is named only in lists of three or more, as in "China, Iran and North Korea"."""
    if sum(map(names.__contains__, _LISTABLE)) < 3:
        return False
    states = sorted((hit.start, hit.end, name) for name in _LISTABLE for hit in names.get(name, [])[:_LIMIT])
    lists: list[list[tuple[int, int, str]]] = []
    for state in states:
        if lists and _BETWEEN_LISTED.fullmatch(raw, lists[-1][-1][1], max(state[0], lists[-1][-1][1])):
            lists[-1].append(state)
        else:
            lists.append([state])
    return all(
        len({name for _, _, name in one}) >= 3 for one in lists if any(name == "KP" for _, _, name in one)
    )


def _is_close(names: Mapping[str, list[Hit]], raw: str) -> bool:
    """Whether both sides and an act stand within a clause's length of each other."""
    acts = {place for act in _ACTS if act in names for place in _places(names[act])}
    if not acts:
        return False
    for north, russia in product(_places(names["KP"]), _places(names["RU"])):
        most = _CLOSE if raw[north[0]] < _UNSPACED else _CLOSE_UNSPACED
        start, end = min(north[0], russia[0]), max(north[1], russia[1])
        if end - start <= most and any(max(end, act[1]) - min(start, act[0]) <= most for act in acts):
            return True
    return False


def _directions(names: Mapping[str, list[Hit]], raw: str) -> tuple[bool, bool]:
    """Whether something goes from North Korea to Russia, and the other way."""
    gives, takes = names.get("transfer", [])[:_LIMIT], names.get("acquire", [])[:_LIMIT]
    if not gives and not takes:
        return False, False
    north, russia = names["KP"][:_LIMIT], names["RU"][:_LIMIT]
    forward = _in_order(north, gives, russia) or _in_order(russia, takes, north)
    backward = _in_order(russia, gives, north) or _in_order(north, takes, russia)
    if gives:
        forward = forward or _receives(russia, raw)
        backward = backward or _receives(north, raw)
    return forward, backward


def _in_order(subject: list[Hit], verb: list[Hit], recipient: list[Hit]) -> bool:
    """Whether one of each stands in this order, as the first of the one and the last of the other decide."""
    if not verb:
        return False
    first_end = min([one.end for one in subject])
    last_start = max([other.start for other in recipient])
    return any(first_end <= act.start and act.end <= last_start for act in verb)


def _receives(side: list[Hit], raw: str) -> bool:
    """Whether a particle marks the side as the one that gets something."""
    return any(
        raw[hit.end : hit.end + 1] in _RECIPIENT and raw[hit.end : hit.end + 2] != "에서"
        for hit in side
        if hit.end < len(raw)
    )
